import { ConfigStore, type ConfigConsumer, type RelayConfig } from '@relay/config';
import type { ExplainReply } from '@relay/contracts';
import { ok, type RelayError, type Result } from '@relay/core';
import { Injectable, Logger } from '@nestjs/common';
import { compilePolicy } from './compile-policy';
import type { CompiledPolicy } from './domain/compiled-policy';
import type { RuleFailure } from './domain/evaluate-rules';
import { planRequest, type Planned, type PlanRequest } from './domain/plan-request';
import { catalogueOf } from './model-catalogue';
import { LruPlanMemo } from './plan-memo';

interface InForce {
  readonly policy: CompiledPolicy;
  readonly memo: LruPlanMemo;
  readonly failures: Map<string, number>; // by rule: bounded by the document
}

/** Plans requests by the policy in force; follows the configuration without a restart. */
@Injectable()
export class PolicyService implements ConfigConsumer {
  readonly name = 'policy';
  private readonly logger = new Logger(PolicyService.name);
  private inForce!: InForce; // set by register() in the constructor, which throws if it cannot

  constructor(private readonly store: ConfigStore) {
    store.register(this);
  }

  get current(): CompiledPolicy {
    return this.inForce.policy;
  }

  /** How often each rule's condition could not be evaluated since the policy came into force. */
  get conditionFailures(): ReadonlyMap<string, number> {
    return this.inForce.failures;
  }

  prepare(config: RelayConfig): ReturnType<ConfigConsumer['prepare']> {
    const { longCostTokens } = config.scheduler;
    const { policy, problems } = compilePolicy(config.policy, catalogueOf(config), { longCostTokens });
    if (problems) {
      return { problems: problems.map((problem) => ({ file: this.store.source, ...problem })), apply: () => undefined };
    }
    return {
      problems: [],
      apply: () => {
        this.inForce = { policy, memo: new LruPlanMemo(), failures: new Map() };
      },
    };
  }

  /** Errors: `model_not_found` (unknown or withheld), `unavailable` (no target in service). */
  plan(request: PlanRequest): Result<Planned, RelayError> {
    const { policy, memo } = this.inForce;
    const planned = planRequest(policy, request, memo);
    if (planned.ok && planned.value.failures.length > 0) this.countFailures(planned.value.failures);
    return planned;
  }

  /** The plan and the reasons for it, as the API shows them; calls nothing and counts nothing. */
  explain(request: PlanRequest): Result<ExplainReply, RelayError> {
    const planned = planRequest(this.inForce.policy, request, this.inForce.memo);
    if (!planned.ok) return planned;
    const { document, plan, features } = planned.value;
    const { policy, signature, decisions } = document;
    return ok({ policy, signature, plan, decisions: [...decisions], candidates: plan.route.candidates, features });
  }

  private countFailures(failures: readonly RuleFailure[]): void {
    for (const { rule, error } of failures) {
      const count = (this.inForce.failures.get(rule) ?? 0) + 1;
      this.inForce.failures.set(rule, count);
      if (count > 1) continue;
      const detail = error instanceof Error ? error.message : String(error);
      this.logger.warn(`the condition of rule ${rule} could not be evaluated and counts as not matching: ${detail}`);
    }
  }
}
