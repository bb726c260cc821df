import type { PlanPatch, PolicyDocument, PolicyRule } from '@relay/contracts';
import { canonicalJson } from '@relay/core';
import type { Environment } from '@marcbachmann/cel-js';
import type { PolicyProblem } from './compile-policy';
import { conditionEnvironment } from './conditions/condition-environment';
import { vainComparisons } from './conditions/vain-comparisons';
import { patchFields } from './domain/plan-fields';
import { unreadSettings } from './unread-settings';

type Models = ReadonlySet<string> | null;

/** One list of rules and the path that it has in a document. */
interface RuleList {
  readonly path: string;
  readonly rules: readonly PolicyRule[];
}

/**
 * What is allowed but most likely not meant. Each is certain: what is named here does nothing for any request. `models` are
 * those of the configuration, if there is one.
 */
export function policyWarnings(document: PolicyDocument, models: Models): PolicyProblem[] {
  const environment = conditionEnvironment();
  const lists: RuleList[] = [
    { path: 'policy.rules', rules: document.rules },
    ...Object.entries(document.tenants).map(([id, { rules }]) => ({ path: `policy.tenants.${id}.rules`, rules })),
  ];
  return [
    ...lists.flatMap(afterFinal),
    ...lists.flatMap(sameCondition),
    ...lists.flatMap((list) => oneOutcome(environment, list, models)),
    ...rulesWithoutEffect(document),
    ...unreadSettings(patchesOf(document)),
    ...idleFallbacks(document),
    ...searchWithoutKeys(document),
  ];
}

/** The first rule behind one that is final and always matches. */
function afterFinal({ path, rules }: RuleList): PolicyProblem[] {
  const end = rules.findIndex((rule) => rule.final === true && rule.when.trim() === 'true');
  const rest = rules.length - end - 1;
  if (end < 0 || rest === 0) return [];
  const more = rest > 1 ? ` (and ${rest - 1} more after it)` : '';
  const found = `a rule that is never reached${more}: ${rules[end]?.id ?? ''} is final and always matches`;
  return [{ path: `${path}[${end + 1}]`, found, allowed: 'rules before one that ends them all' }];
}

function sameCondition({ path, rules }: RuleList): PolicyProblem[] {
  const finals = new Map<string, string>(); // the id of the final rule by its condition
  return rules.flatMap(({ id, when, final }, i) => {
    const condition = when.trim();
    const before = finals.get(condition);
    if (final && before === undefined) finals.set(condition, id);
    if (before === undefined || condition === 'true') return []; // `true` is told by afterFinal
    const found = `the condition of ${before}, which is final: this rule never matches`;
    return [{ path: `${path}[${i}].when`, found, allowed: 'another condition, or a place before it' }];
  });
}

/** Comparisons with what a fact never is. */
function oneOutcome(environment: Environment, { path, rules }: RuleList, models: Models): PolicyProblem[] {
  return rules.flatMap(({ id, when }, i) =>
    vainComparisons(environment, when, models).map(({ found, ...problem }) => ({
      ...problem,
      path: `${path}[${i}].when`,
      found: `${found} (rule ${id})`,
    })),
  );
}

type Patch = Readonly<Record<string, unknown>>;

/** The fields that a patch sets. */
function fieldsOf(patch: PlanPatch | undefined): Patch {
  return Object.fromEntries(Object.entries(patchFields(patch ?? {})).filter(([, value]) => value !== undefined));
}

// An app may have changed these by a header before the rules are looked at, or the predicted cost has.
const SET_BY_REQUESTS = ['serviceLevel', 'queue.class', 'deadlineMs'];

/** Rules that set only what the document's defaults say already, where nothing between the two says otherwise. */
function rulesWithoutEffect({ defaults, rules, tenants }: PolicyDocument): PolicyProblem[] {
  const given = fieldsOf(defaults);
  const changed = new Set(SET_BY_REQUESTS);
  const note = (patch: PlanPatch | undefined): void =>
    Object.keys(fieldsOf(patch)).forEach((field) => changed.add(field));
  for (const tenant of Object.values(tenants)) note(tenant.defaults);
  return rules.flatMap((rule, i) => {
    const fields = Object.entries(fieldsOf(rule.then));
    const idle = fields.every(
      ([field, value]) => !changed.has(field) && canonicalJson(value) === canonicalJson(given[field]),
    );
    note(rule.then);
    rule.experiment?.arms.forEach((arm) => note(arm.then));
    if (!idle || rule.experiment || rule.final) return [];
    const found = fields.length === 0 ? 'a rule that sets nothing' : 'a rule that sets what the defaults say already';
    return [{ path: `policy.rules[${i}]`, found, allowed: 'a rule that changes the plan, or none' }];
  });
}

/** Where the exact cache is off nothing is looked up by meaning either: a part that switches one off and the other on. */
function searchWithoutKeys(document: PolicyDocument): PolicyProblem[] {
  const patches = patchesOf(document);
  if (patches.some(([, { cache }]) => cache?.exact?.enabled === true)) return []; // may come after it
  return patches.flatMap(([path, { cache }]) => {
    const mode = cache?.semantic?.mode ?? 'off';
    if (mode === 'off' || cache?.exact?.enabled !== false) return [];
    const found = `${mode}, where exact.enabled is false: nothing is cached at all`;
    return [{ path: `${path}.cache.semantic.mode`, found, allowed: 'exact.enabled: true beside it, or mode: off' }];
  });
}

/** A model has one place in a route: that of a candidate goes before that of a fallback. */
function idleFallbacks(document: PolicyDocument): PolicyProblem[] {
  const patches = patchesOf(document);
  const naming = patches.filter(([, { route }]) => route?.candidates !== undefined);
  if (naming.length === 0) {
    return patches.flatMap(([path, { route }]) => {
      if (!route?.fallbacks?.length) return [];
      const found = 'fallbacks, where every model is a candidate already';
      return [{ path: `${path}.route.fallbacks`, found, allowed: 'candidates beside them, or no fallbacks' }];
    });
  }
  const { candidates, fallbacks = [] } = document.defaults.route ?? {};
  if (candidates === undefined || naming.length > 1) return []; // what names others may leave it to be a fallback
  return fallbacks.flatMap((model, i) => {
    if (!candidates.includes(model)) return [];
    const found = `"${model}", which is one of the candidates and stands among them`;
    return [{ path: `policy.defaults.route.fallbacks[${i}]`, found, allowed: 'a model that is no candidate' }];
  });
}

function patchesOf({ defaults, rules, tenants }: PolicyDocument): [path: string, patch: PlanPatch][] {
  const ofRules = ({ path, rules: list }: RuleList): [string, PlanPatch][] =>
    list.flatMap(({ then, experiment }, i): [string, PlanPatch][] => [
      ...(then ? [[`${path}[${i}].then`, then] as [string, PlanPatch]] : []),
      ...(experiment?.arms ?? []).map((arm, j): [string, PlanPatch] => [
        `${path}[${i}].experiment.arms[${j}].then`,
        arm.then,
      ]),
    ]);
  return [
    ['policy.defaults', defaults],
    ...ofRules({ path: 'policy.rules', rules }),
    ...Object.entries(tenants).flatMap(([id, tenant]): [string, PlanPatch][] => [
      [`policy.tenants.${id}.defaults`, tenant.defaults],
      ...ofRules({ path: `policy.tenants.${id}.rules`, rules: tenant.rules }),
    ]),
  ];
}
