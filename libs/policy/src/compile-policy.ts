import type { Position, Unlocated } from '@relay/config';
import type { Analysis, Experiment, PlanPatch, PolicyDocument, PolicyRule } from '@relay/contracts';
import type { Environment } from '@marcbachmann/cel-js';
import { ANALYSES, analysisNeeds } from './analysis-needs';
import { compileAccept } from './conditions/answer-condition';
import { compileCondition, featuresRead } from './conditions/compile-condition';
import { conditionEnvironment } from './conditions/condition-environment';
import { viewFacts } from './conditions/fact-views';
import { DEFAULT_ACCEPT, type AnswerFacts } from './domain/answer-facts';
import { OWN_DECISIONS } from './domain/apply-rules';
import type { ModelCatalogue } from './domain/catalogue';
import type { CompiledPolicy, CompiledRule, RuleSet } from './domain/compiled-policy';
import type { CompiledExperiment } from './domain/experiments';
import { patchFields, type FieldPatch } from './domain/plan-fields';

/** One thing wrong with a document; the path begins at `policy`. */
export type PolicyProblem = Unlocated;

export interface CompileOptions {
  /** Predicted tokens from which a request counts as long. */
  readonly longCostTokens: number | null;
}

export type CompiledOrProblems =
  | { readonly problems: readonly PolicyProblem[]; readonly policy?: undefined }
  | { readonly policy: CompiledPolicy; readonly problems?: undefined };

/** Checks what the schema cannot see and compiles every condition once. All problems are reported, not just the first. */
export function compilePolicy(
  document: PolicyDocument,
  catalogue: ModelCatalogue,
  { longCostTokens }: CompileOptions,
): CompiledOrProblems {
  const { common, byTenant, problems, read, patches, accepts } = new Compilation(document, catalogue);
  if (problems.length > 0) return { problems };
  return {
    policy: {
      label: `${document.name}@${document.version}`,
      common,
      byTenant,
      degrade: document.degrade,
      looksUpByMeaning: patches.some((patch) => (patch['cache.semantic.mode'] ?? 'off') !== 'off'),
      needs: analysisNeeds({ switches: document.features, read, patches, catalogue }),
      catalogue,
      longCostTokens,
      conditionContext: viewFacts,
      accepts,
    },
  };
}

/** All problems that a compilation would report; without a catalogue names of models, providers and regions are not looked at. */
export function problemsOfPolicy(document: PolicyDocument, catalogue: ModelCatalogue | null): readonly PolicyProblem[] {
  return new Compilation(document, catalogue).problems;
}

interface Known {
  has(name: string): boolean;
  keys(): Iterable<string>;
}

type Semantic = NonNullable<PlanPatch['cache']>['semantic'];

class Compilation {
  readonly problems: PolicyProblem[] = [];
  readonly read = new Set<Analysis>();
  readonly patches: FieldPatch[] = [];
  readonly accepts = new Map<string, (answer: AnswerFacts) => boolean>();
  readonly common: RuleSet;
  readonly byTenant: ReadonlyMap<string, RuleSet>;
  private readonly environment: Environment = conditionEnvironment();

  constructor(
    private readonly document: PolicyDocument,
    private readonly catalogue: ModelCatalogue | null,
  ) {
    const defaults = this.patch(document.defaults, 'policy.defaults');
    this.accept(DEFAULT_ACCEPT, '');
    const ids = new Set<string>();
    const rules = this.rules(document.rules, 'policy.rules', ids);
    this.common = { tenant: null, defaults, ownDefaults: {}, rules, ownFrom: rules.length };
    this.byTenant = new Map(
      Object.entries(document.tenants).map(([tenant, own]): [string, RuleSet] => {
        const at = `policy.tenants.${tenant}`;
        const ownDefaults = this.patch(own.defaults, `${at}.defaults`);
        const all = [...rules, ...this.rules(own.rules, `${at}.rules`, new Set(ids))];
        return [tenant, { ...this.common, tenant, ownDefaults, rules: all, ownFrom: rules.length }];
      }),
    );
  }

  private report(path: string, found: string, allowed: string, inside?: Position): void {
    this.problems.push({ path, found, allowed, ...(inside && { inside }) });
  }

  private rules(rules: readonly PolicyRule[], path: string, taken: Set<string>): CompiledRule[] {
    return rules.flatMap((rule, i) => {
      this.checkId(rule.id, `${path}[${i}].id`, taken);
      return this.rule(rule, `${path}[${i}]`);
    });
  }

  private rule(rule: PolicyRule, path: string): CompiledRule[] {
    const { id, when, final = false } = rule;
    const patch = this.patch(rule.then ?? {}, `${path}.then`);
    const experiment = rule.experiment ? this.experiment(rule.experiment, `${path}.experiment`) : null;
    const compiled = compileCondition(this.environment, when);
    if (!compiled.ok) {
      const { found, allowed, inside } = compiled.error;
      this.report(`${path}.when`, `${found} (rule ${id})`, allowed, inside);
      return [];
    }
    this.noteAnalyses(when, `${path}.when`);
    return [{ id, when, condition: compiled.value, patch, experiment, final }];
  }

  private experiment({ id, unit, arms }: Experiment, path: string): CompiledExperiment {
    const names = arms.map(({ name }, i) => name ?? String.fromCharCode('a'.charCodeAt(0) + i));
    names.forEach((name, i) => {
      if (names.indexOf(name) < i)
        this.report(`${path}.arms[${i}].name`, `"${name}" a second time`, 'a name that no other arm has');
    });
    if (arms.every(({ weight }) => weight === 0)) {
      this.report(`${path}.arms`, 'only arms of weight 0', 'at least one arm with a weight above 0');
    }
    const compiled = arms.map(({ weight, then }, i) => ({
      name: names[i] ?? '',
      weight,
      patch: this.patch(then, `${path}.arms[${i}].then`),
    }));
    return { id, unit, arms: compiled, weights: arms.map(({ weight }) => weight) };
  }

  private patch(patch: PlanPatch, path: string): FieldPatch {
    if (this.catalogue) this.checkRoute(patch.route, `${path}.route`, this.catalogue);
    this.checkJudge(patch.cache?.semantic, `${path}.cache.semantic`);
    const accept = patch.route?.cascade?.accept;
    if (accept !== undefined) this.accept(accept, `${path}.route.cascade.accept`);
    const fields = patchFields(patch);
    this.patches.push(fields);
    return fields;
  }

  private checkRoute(route: PlanPatch['route'], path: string, { byId, providers, regions }: ModelCatalogue): void {
    this.checkNames(route?.candidates, `${path}.candidates`, byId, 'models');
    this.checkNames(route?.fallbacks, `${path}.fallbacks`, byId, 'models');
    this.checkNames(route?.providers, `${path}.providers`, providers, 'providers of models');
    this.checkNames(route?.regions, `${path}.regions`, regions, 'regions of providers');
  }

  /** Whoever is asked for a verdict has to be there, and has to be named where no other part of the policy may name it. */
  private checkJudge(semantic: Semantic, path: string): void {
    const { mode, judge } = semantic ?? {};
    if (judge?.model !== undefined) {
      if (this.catalogue) this.checkName(judge.model, `${path}.judge.model`, this.catalogue.byId, 'models');
      return;
    }
    const asks = mode === 'validated' ? 'the mode "validated"' : judge?.kind === 'llm' ? 'a judge of kind "llm"' : null;
    if (asks === null || this.document.defaults.cache?.semantic?.judge?.model !== undefined) return;
    this.report(path, `${asks} without a model`, 'judge.model here, or in the defaults: the model that is asked');
  }

  private accept(text: string, path: string): void {
    const compiled = compileAccept(text);
    if (compiled.ok) this.accepts.set(text, compiled.value);
    else this.report(path, compiled.error.found, compiled.error.allowed, compiled.error.inside);
  }

  private noteAnalyses(when: string, path: string): void {
    for (const field of featuresRead(this.environment, when)) {
      const analysis = ANALYSES.find((name) => name === field);
      if (analysis === undefined) continue;
      this.read.add(analysis);
      if (this.document.features[analysis] !== 'off') continue;
      this.report(path, `features.${analysis}, which policy.features turns off`, `features.${analysis}: auto or on`);
    }
  }

  private checkId(id: string, path: string, taken: Set<string>): void {
    if (taken.has(id)) this.report(path, `"${id}" a second time`, 'an id that no other rule has');
    if (OWN_DECISIONS.some((name) => name === id)) {
      const names = OWN_DECISIONS.join(', ');
      this.report(path, `"${id}"`, `any id but ${names}, which name decisions of the relay itself`);
    }
    taken.add(id);
  }

  private checkNames(names: readonly string[] | undefined, path: string, known: Known, what: string): void {
    names?.forEach((name, i) => this.checkName(name, `${path}[${i}]`, known, what));
  }

  private checkName(name: string, path: string, known: Known, what: string): void {
    if (known.has(name)) return;
    const all = [...known.keys()].join(', ');
    this.report(path, `"${name}"`, `one of the ${what}: ${all || '(none is configured)'}`);
  }
}
