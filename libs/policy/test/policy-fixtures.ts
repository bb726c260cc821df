import { relayConfigSchema, type RelayConfig } from '@relay/config';
import { NO_ANALYSIS, policyDocumentSchema, type ChatCompletionRequest, type PolicyDocument } from '@relay/contracts';
import type { Principal, TenantProfile } from '@relay/core';
import { planWithScores } from '../src/explained';
import { catalogueOf } from '../src/model-catalogue';
import { compilePolicy } from '../src/compile-policy';
import type { CompiledPolicy } from '../src/domain/compiled-policy';
import { NOTHING_LIVE, type LiveFacts, type TargetLive } from '../src/domain/live';
import { planRequest, type Planned, type PlanRequest } from '../src/domain/plan-request';

export const MODELS = [
  {
    id: 'large',
    tier: 'advanced',
    targets: [{ provider: 'a', model: 'up-large' }],
    contextWindow: 200_000,
    price: { inputPerMTok: 10, outputPerMTok: 30 },
    capabilities: { general: 0.9 },
  },
  {
    id: 'medium',
    targets: [{ provider: 'a', model: 'up-medium' }],
    contextWindow: 32_000,
    price: { inputPerMTok: 1, outputPerMTok: 3 },
    capabilities: { general: 0.7 },
  },
  {
    id: 'small',
    tier: 'basic',
    targets: [{ provider: 'b', model: 'up-small' }],
    contextWindow: 8_000,
    price: { inputPerMTok: 0.1, outputPerMTok: 0.3 },
  },
  { id: 'unpriced', tier: 'basic', targets: [{ provider: 'b', model: 'up-unpriced' }] },
  {
    id: 'spread',
    tier: 'advanced',
    targets: [
      { provider: 'a', model: 'up-spread', weight: 3 },
      { provider: 'b', model: 'up-spread', weight: 1 },
      { provider: 'b', model: 'up-drained', weight: 0 },
    ],
  },
];

type DocumentInput = Partial<Record<keyof PolicyDocument, unknown>>;

export function documentOf(input: DocumentInput = {}): PolicyDocument {
  return policyDocumentSchema.parse({ name: 'test', version: 1, ...input });
}

export function configOf(input: DocumentInput = {}, models: readonly unknown[] = MODELS): RelayConfig {
  const providers = [
    { id: 'a', region: 'eu' },
    { id: 'b', region: 'us' },
  ].map((provider) => ({ ...provider, kind: 'openai', baseUrl: `http://127.0.0.1:9/${provider.id}` }));
  return { ...relayConfigSchema.parse({ providers, models, server: { region: 'eu' } }), policy: documentOf(input) };
}

export function compiled(input: DocumentInput = {}, models: readonly unknown[] = MODELS): CompiledPolicy {
  const config = configOf(input, models);
  const result = compilePolicy(config.policy, catalogueOf(config), { longCostTokens: 4_000 });
  if (result.problems) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

export const bodyOf = (fields: Partial<ChatCompletionRequest> = {}): ChatCompletionRequest => ({
  model: 'auto',
  messages: [{ role: 'user', content: 'Hello' }],
  ...fields,
});

export function principalOf(tenant: Partial<TenantProfile> = {}): Principal {
  return {
    tenant: { id: 'acme', weight: 1, tier: 'standard', tags: [], limits: {}, models: null, ...tenant },
    keyId: 'key-1',
    keyName: 'ci',
    scopes: ['inference'],
  };
}

export const AT = Date.UTC(2026, 0, 4, 13, 30); // a Sunday

export function requestOf(fields: Partial<PlanRequest> = {}): PlanRequest {
  return {
    operation: 'chat',
    body: bodyOf(),
    textTokens: Math.ceil(Buffer.byteLength(textOf(fields.body ?? bodyOf())) / 4),
    bodyBytes: 100,
    headers: { tags: [] },
    principal: principalOf(),
    at: AT,
    seed: 1,
    prompt: NO_ANALYSIS,
    learned: null,
    ...fields,
  };
}

/** The plan of a request that must not be refused. */
export function planned(
  policy: CompiledPolicy,
  fields: Partial<PlanRequest> = {},
  live: LiveFacts = NOTHING_LIVE,
): Planned {
  const result = planRequest(policy, requestOf(fields), live);
  if (!result.ok) throw result.error;
  return result.value;
}

export const candidateModels = (plan: Planned): string[] =>
  planWithScores(plan).route.candidates.map((candidate) => candidate.model);

export function decisionOf(plan: Planned, rule: string): Planned['document']['decisions'][number] {
  const decision = plan.document.decisions.find((candidate) => candidate.rule === rule);
  if (!decision) throw new Error(`no decision of ${rule}`);
  return decision;
}

/** Live figures with what a test wants to be there. */
export function liveOf(figures: Partial<LiveFacts> = {}): LiveFacts {
  return { ...NOTHING_LIVE, ...figures };
}

export function targetLive(figures: Partial<TargetLive> = {}): TargetLive {
  return { ttftP50Ms: null, ttftP90Ms: null, tpotP50Ms: null, tpotP90Ms: null, load: 0, rttMs: null, ...figures };
}

function textOf({ messages }: ChatCompletionRequest): string {
  let text = '';
  for (const { content } of messages) {
    if (typeof content === 'string') text += content;
    else for (const part of content ?? []) text += typeof part['text'] === 'string' ? part['text'] : '';
  }
  return text;
}
