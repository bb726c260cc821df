import type { RelayConfig } from '@relay/config';
import type { PolicyDocument } from '@relay/contracts';
import { err, ok, type RelayError, type Result } from '@relay/core';
import { compilePolicy, type PolicyProblem } from './compile-policy';
import type { CompiledPolicy } from './domain/compiled-policy';
import type { LiveFacts } from './domain/live';
import { planRequest, type Planned, type PlanRequest } from './domain/plan-request';
import { catalogueOf } from './model-catalogue';
import { LruPlanMemo } from './plan-memo';

/** A policy ready to plan: what serving, explaining and measuring have in common. */
export interface Planner {
  readonly policy: CompiledPolicy;
  plan(request: PlanRequest, live: LiveFacts): Result<Planned, RelayError>;
}

/** Compiles a document for the models of a configuration; every problem of it, or a planner that remembers finished plans. */
export function plannerOf(
  document: PolicyDocument,
  config: Pick<RelayConfig, 'models' | 'providers' | 'server' | 'scheduler'>,
): Result<Planner, readonly PolicyProblem[]> {
  const { longCostTokens = null } = config.scheduler;
  const { policy, problems } = compilePolicy(document, catalogueOf(config), { longCostTokens });
  if (problems) return err(problems);
  const memo = new LruPlanMemo();
  return ok({ policy, plan: (request, live) => planRequest(policy, request, live, memo) });
}
