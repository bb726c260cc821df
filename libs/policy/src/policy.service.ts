import { ConfigStore, withoutPlace, type ConfigConsumer, type ConfigProblem, type RelayConfig } from '@relay/config';
import type { ExecutionPlan, ExplainReply, PolicyDocument } from '@relay/contracts';
import path from 'node:path';
import { ok, type RelayError, type Result } from '@relay/core';
import { piiKindsOf, type QualityModel } from '@relay/prompt';
import { Inject, Injectable, Logger, Optional, type OnModuleInit } from '@nestjs/common';
import type { PolicyProblem } from './compile-policy';
import { looksAtQualityOf } from './analysis-needs';
import { isDrawn, type CanaryDraw } from './canary/domain/draw-canary';
import { compileAccept } from './conditions/answer-condition';
import type { AnswerFacts } from './domain/answer-facts';
import type { CompiledPolicy } from './domain/compiled-policy';
import type { RuleFailure } from './domain/evaluate-rules';
import type { UnitFacts } from './domain/experiments';
import { NOTHING_LIVE, type LiveFacts } from './domain/live';
import type { Planned, PlanRequest } from './domain/plan-request';
import { MAX_TEXT } from './domain/read-facts';
import { explained } from './explained';
import { loadQualityModel } from './load-quality-model';
import { plannerOf, type Planner } from './planner';
import { LIVE_SOURCE, type LiveSource } from './ports/live-source.port';
import { PromptReader, type PromptReading } from './prompt-reader';

interface InForce {
  readonly planner: Planner;
  readonly quality: QualityModel | null;
  readonly failures: Map<string, number>; // by rule: bounded by the document
}

/** A version that is tried on a share of the traffic. */
export interface Canary {
  readonly document: PolicyDocument;
  readonly draw: CanaryDraw;
}

/** A request to plan; what the policy needs to know of its prompt and of the running state is added here. */
export interface PlanInput extends Omit<PlanRequest, keyof PromptReading> {
  /** It has its answer: targets that may not be called at this moment are candidates all the same. */
  readonly isAnswered?: boolean;
}

const NONE_SHUT: LiveFacts['open'] = new Map();

/** Plans requests by the policy in force; follows the configuration without a restart. */
@Injectable()
export class PolicyService implements ConfigConsumer, OnModuleInit {
  readonly name = 'policy';
  private readonly logger = new Logger(PolicyService.name);
  private readonly prompts = new PromptReader();
  private inForce!: InForce; // set by register() in the constructor, which throws if it cannot
  private overriding: PolicyDocument | null = null;
  private canary: (Canary & { readonly serving: InForce }) | null = null;
  private readonly listeners: (() => void)[] = [];
  private started = false;

  constructor(
    private readonly store: ConfigStore,
    @Optional() @Inject(LIVE_SOURCE) private readonly live: LiveSource | null = null,
  ) {
    store.register(this);
  }

  /** Nobody is served before what the policy in force wants to know of prompts is at hand. */
  async onModuleInit(): Promise<void> {
    this.started = true;
    await this.warmUp(this.current);
  }

  get current(): CompiledPolicy {
    return this.inForce.planner.policy;
  }

  /** Some requests may be looked up in the semantic cache, by the policy in force or by one that is tried. */
  get looksUpByMeaning(): boolean {
    return this.current.looksUpByMeaning || this.canary?.serving.planner.policy.looksUpByMeaning === true;
  }

  /** Another version plans a share of the requests. */
  get triesOut(): boolean {
    return this.canary !== null;
  }

  /** `listener` is called after each change of what is in force or tried; it must not throw. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** How often each rule's condition could not be evaluated since the policy came into force. */
  get conditionFailures(): ReadonlyMap<string, number> {
    return this.inForce.failures;
  }

  prepare(config: RelayConfig): ReturnType<ConfigConsumer['prepare']> {
    const prepared = this.prepareWith(config, this.overriding);
    if (this.canary === null || prepared.problems.length > 0) return prepared;
    const canary = this.prepareCanary(config, this.canary);
    return {
      problems: canary.problems,
      apply: () => {
        prepared.apply();
        canary.apply();
      },
    };
  }

  /**
   * Puts a version of the database in force in place of the configuration's policy, or that again (`null`). Reloads then have
   * to suit the version as well. With problems nothing changes. What it wants to know of prompts is loaded first.
   */
  async override(document: PolicyDocument | null): Promise<readonly ConfigProblem[]> {
    const planner = plannerOf(document ?? this.store.current.policy, this.store.current);
    if (planner.ok) await this.warmUp(planner.value.policy);
    const prepared = this.prepareWith(this.store.current, document); // anew: a reload may have come in between
    if (prepared.problems.length > 0) return prepared.problems;
    this.overriding = document;
    prepared.apply();
    return [];
  }

  /**
   * Plans a share of the requests by a version of the database, or none any more (`null`). Reloads then have to suit it as well.
   * With problems nothing changes.
   */
  async tryOut(canary: Canary | null): Promise<readonly ConfigProblem[]> {
    if (canary === null) {
      this.canary = null;
      this.tellChange();
      return [];
    }
    const planner = plannerOf(canary.document, this.store.current);
    if (planner.ok) await this.warmUp(planner.value.policy);
    const prepared = this.prepareCanary(this.store.current, canary); // anew: a reload may have come in between
    if (prepared.problems.length === 0) prepared.apply();
    return prepared.problems;
  }

  /** What keeps a document from being put in force with the configuration in force. */
  problemsOf(document: PolicyDocument): readonly ConfigProblem[] {
    return this.prepareWith(this.store.current, document).problems;
  }

  private prepareWith(config: RelayConfig, overriding: PolicyDocument | null): ReturnType<ConfigConsumer['prepare']> {
    return this.compiled(config, overriding, (serving) => (this.inForce = serving));
  }

  private prepareCanary(config: RelayConfig, { document, draw }: Canary): ReturnType<ConfigConsumer['prepare']> {
    return this.compiled(config, document, (serving) => (this.canary = { document, draw, serving }));
  }

  private compiled(
    config: RelayConfig,
    overriding: PolicyDocument | null,
    take: (serving: InForce) => void,
  ): ReturnType<ConfigConsumer['prepare']> {
    const planner = plannerOf(overriding ?? config.policy, config);
    if (!planner.ok) {
      const locate = overriding ? inDatabase(overriding) : inFile(this.store.source);
      return { problems: planner.error.map(locate), apply: () => undefined };
    }
    const quality = loadQualityModel(config, path.dirname(this.store.source));
    if (!quality.ok) return { problems: [inFile(this.store.source)(quality.error)], apply: () => undefined };
    return {
      problems: [],
      apply: () => {
        take({ planner: planner.value, quality: quality.value, failures: new Map() });
        this.tellChange();
        // A reload cannot wait. Until it is done, an analysis that is new to this process tells what it can without.
        if (this.started) void this.warmUp(planner.value.policy);
      },
    };
  }

  /** Errors: `model_not_found` (unknown or withheld), `unavailable` (no target in service), `forbidden` (data may not go there). */
  plan(input: PlanInput): Result<Planned, RelayError> {
    const serving = this.servingOf(input);
    const planned = this.planBy(serving.planner, input);
    if (planned.ok && planned.value.failures.length > 0) this.countFailures(serving, planned.value.failures);
    return planned;
  }

  /** name@version of what plans a request: told apart from `plan` for requests that get none. */
  labelFor(input: PlanInput): string {
    return this.servingOf(input).planner.policy.label;
  }

  private servingOf(input: PlanInput): InForce {
    return this.canary !== null && isDrawn(this.canary.draw, unitFactsOf(input)) ? this.canary.serving : this.inForce;
  }

  /** The plan and the reasons for it, as the API shows them; calls nothing and counts nothing. */
  explain(input: PlanInput): Promise<Result<ExplainReply, RelayError>> {
    return this.explainBy(this.inForce.planner, input);
  }

  /** The same by another document, which need not be in force. Its problems are told where it does not compile. */
  async explainWith(
    document: PolicyDocument,
    input: PlanInput,
  ): Promise<Result<Result<ExplainReply, RelayError>, readonly PolicyProblem[]>> {
    const planner = plannerOf(document, this.store.current);
    return planner.ok ? ok(await this.explainBy(planner.value, input)) : planner;
  }

  /** Whether a cascade takes an answer; a condition that fails on it does not accept it. */
  accepts(plan: ExecutionPlan, answer: AnswerFacts): boolean {
    if (plan.route.cascade === null) return true;
    const text = plan.route.cascade.accept;
    try {
      // The policy may have been replaced meanwhile, and its conditions with it.
      const known = this.current.accepts.get(text) ?? this.canary?.serving.planner.policy.accepts.get(text);
      return (known ?? acceptOf(text))(answer);
    } catch (error) {
      this.countFailures(this.inForce, [{ rule: 'route.cascade.accept', error }]);
      return false;
    }
  }

  private tellChange(): void {
    for (const listener of this.listeners) listener();
  }

  private async explainBy(planner: Planner, input: PlanInput): Promise<Result<ExplainReply, RelayError>> {
    await this.warmUp(planner.policy, input.body.model);
    const reply = explained(this.planBy(planner, input));
    if (!reply.ok || reply.value.plan.guards.pii.action === 'off') return reply;
    // Serving leaves that to the guard, which comes after the plan; who asks beforehand wants to know what it will find.
    const found = piiKindsOf(input.body, reply.value.plan.guards.pii.kinds);
    const features = { ...reply.value.features, 'features.pii': found };
    return ok({ ...reply.value, features });
  }

  /** Whether a later request may be ranked by how good the answer to this one was. */
  learnsFrom(requestedModel: string): boolean {
    const { needs } = this.current;
    if (needs.byQuality || looksAtQualityOf(needs, requestedModel)) return true;
    const tried = this.canary?.serving.planner.policy.needs;
    return tried !== undefined && (tried.byQuality || looksAtQualityOf(tried, requestedModel));
  }

  private planBy(planner: Planner, input: PlanInput): Result<Planned, RelayError> {
    const { operation, body, bodyBytes, headers, principal, at, seed } = input;
    const { textTokens, prompt, learned } = this.prompts.read(planner.policy, this.inForce.quality, body);
    // Named one by one: to spread an object that gets more members takes some µs (Node 20.20).
    const request = { operation, body, bodyBytes, headers, principal, at, seed, textTokens, prompt, learned };
    return planner.plan(request, this.liveFor(input));
  }

  /** A failure leaves requests with what can be told without it. */
  private async warmUp(policy: CompiledPolicy, model?: string): Promise<void> {
    try {
      await this.prompts.warmUp(policy, model);
    } catch (error) {
      this.logger.error({ err: error }, 'what the policy wants to know of prompts cannot be loaded');
    }
  }

  private liveFor(input: PlanInput): LiveFacts {
    const live = this.live?.read(input.principal.tenant.id, userOf(input)) ?? NOTHING_LIVE;
    return input.isAnswered === true ? { ...live, open: NONE_SHUT } : live;
  }

  private countFailures({ failures: counts }: InForce, failures: readonly RuleFailure[]): void {
    for (const { rule, error } of failures) {
      const count = (counts.get(rule) ?? 0) + 1;
      counts.set(rule, count);
      if (count > 1) continue;
      const detail = error instanceof Error ? error.message : String(error);
      this.logger.warn(`the condition of rule ${rule} could not be evaluated and counts as not matching: ${detail}`);
    }
  }
}

/** As facts and feedback know it. */
const userOf = ({ headers, body }: PlanInput): string => (headers.user ?? body.user ?? '').slice(0, MAX_TEXT);

function unitFactsOf(input: PlanInput): UnitFacts {
  const { principal, seed } = input;
  return { tenant: principal.tenant.id, key: principal.keyName, user: userOf(input), seed };
}

function acceptOf(text: string): (answer: AnswerFacts) => boolean {
  const compiled = compileAccept(text);
  if (!compiled.ok) throw new Error(compiled.error.found);
  return compiled.value;
}

type Locate = (problem: PolicyProblem) => ConfigProblem;

function inFile(file: string): Locate {
  return (problem) => withoutPlace(file, problem);
}

function inDatabase({ name, version }: PolicyDocument): Locate {
  return (problem) => withoutPlace(`database, policy ${name}@${version}`, problem);
}
