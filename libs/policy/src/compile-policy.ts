import type { ConfigProblem } from '@relay/config';
import type { PlanPatch, PolicyDocument, PolicyRule } from '@relay/contracts';
import type { Environment } from '@marcbachmann/cel-js';
import { compileCondition } from './conditions/compile-condition';
import { conditionEnvironment } from './conditions/condition-environment';
import { viewFacts } from './conditions/fact-views';
import { LEADING_DECISIONS } from './domain/apply-rules';
import type { ModelCatalogue } from './domain/catalogue';
import type { CompiledPolicy, CompiledRule } from './domain/compiled-policy';
import { patchFields } from './domain/plan-fields';

/** One thing wrong with a document; the path begins at `policy`. */
export type PolicyProblem = Omit<ConfigProblem, 'file'>;

export interface CompileOptions {
  /** Predicted tokens from which a request counts as long. */
  readonly longCostTokens: number;
}

export type CompiledOrProblems =
  | { readonly problems: readonly PolicyProblem[]; readonly policy?: undefined }
  | { readonly policy: CompiledPolicy; readonly problems?: undefined };

type Report = (path: string, found: string, allowed: string) => void;

/** Checks what the schema cannot see and compiles every condition once. All problems are reported, not just the first. */
export function compilePolicy(
  document: PolicyDocument,
  catalogue: ModelCatalogue,
  options: CompileOptions,
): CompiledOrProblems {
  const problems: PolicyProblem[] = [];
  const report: Report = (path, found, allowed) => problems.push({ path, found, allowed });
  checkRuleIds(document.rules, report);
  checkCandidates(document.defaults, 'policy.defaults', catalogue, report);
  const environment = conditionEnvironment();
  const rules = document.rules.flatMap((rule, i) =>
    compileRule(rule, `policy.rules[${i}]`, environment, catalogue, report),
  );
  if (problems.length > 0) return { problems };
  return {
    policy: {
      label: `${document.name}@${document.version}`,
      defaults: patchFields(document.defaults),
      rules,
      catalogue,
      longCostTokens: options.longCostTokens,
      conditionContext: viewFacts,
    },
  };
}

function compileRule(
  rule: PolicyRule,
  path: string,
  environment: Environment,
  catalogue: ModelCatalogue,
  report: Report,
): CompiledRule[] {
  checkCandidates(rule.then, `${path}.then`, catalogue, report);
  const compiled = compileCondition(environment, rule.when);
  if (!compiled.ok) {
    report(`${path}.when`, `${compiled.error.found} (rule ${rule.id})`, compiled.error.allowed);
    return [];
  }
  const { id, when, final = false } = rule;
  return [{ id, when, condition: compiled.value, patch: patchFields(rule.then), final }];
}

function checkRuleIds(rules: readonly PolicyRule[], report: Report): void {
  const taken = new Set<string>();
  const reserved = new Set<string>(LEADING_DECISIONS);
  rules.forEach(({ id }, i) => {
    if (taken.has(id)) report(`policy.rules[${i}].id`, `"${id}" a second time`, 'an id that no other rule has');
    if (reserved.has(id)) {
      report(
        `policy.rules[${i}].id`,
        `"${id}"`,
        `any id but ${LEADING_DECISIONS.join(', ')}, which name decisions of the relay itself`,
      );
    }
    taken.add(id);
  });
}

function checkCandidates(patch: PlanPatch, path: string, catalogue: ModelCatalogue, report: Report): void {
  patch.route?.candidates?.forEach((model, i) => {
    if (catalogue.byId.has(model)) return;
    const models = [...catalogue.byId.keys()].join(', ');
    report(`${path}.route.candidates[${i}]`, `"${model}"`, `one of the models: ${models || '(none is configured)'}`);
  });
}
