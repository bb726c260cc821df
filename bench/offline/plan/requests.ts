import type { LiveFacts, PlanRequest } from '@relay/policy';
import { evidenceKey, targetKey, TASKS } from '@relay/contracts';
import { estimateTokens } from '@relay/prompt';

const AT = Date.UTC(2026, 0, 4, 13, 30);
const PICK = 0x1_0000_0000;

/** Requests that differ as those of several apps do: tenant, tags, length, task, user. */
export function requestsOf(prompts: readonly string[], random: () => number): PlanRequest[] {
  const below = (limit: number): number => Math.floor(random() * limit);
  return prompts.map((content, i) => {
    const task = TASKS[below(TASKS.length)] ?? null;
    const body = {
      model: 'auto',
      messages: [
        { role: 'system', content: `You help app ${below(5)}.` },
        { role: 'user', content },
      ],
      stream: random() < 0.5,
      max_tokens: random() < 0.3 ? 1_000 : null,
      user: `u${below(60)}`,
    };
    return {
      operation: 'chat' as const,
      body,
      bodyBytes: content.length + 100,
      headers: { tags: random() < 0.3 ? [`tag-${below(60)}`] : [] },
      principal: {
        tenant: { id: `tenant-${i % 20}`, weight: 1, tier: `tier-${below(9)}`, tags: [], limits: {}, models: null },
        keyId: 'key',
        keyName: 'ci',
        scopes: ['inference'],
      },
      at: AT,
      seed: below(PICK),
      textTokens: estimateTokens(content),
      prompt: { task, language: 'en', complexity: below(100) / 100, injection: null, pii: null },
      learned: null,
    };
  });
}

/** Ten models at two providers each. */
export const CONFIG = {
  providers: ['east', 'west'].map((id) => ({ id, kind: 'openai', baseUrl: `http://127.0.0.1:9/${id}`, region: id })),
  models: Array.from({ length: 10 }, (_, i) => ({
    id: `model-${i}`,
    tier: ['basic', 'standard', 'advanced'][i % 3],
    targets: ['east', 'west'].map((provider) => ({ provider, model: `up-${i}` })),
    contextWindow: 8_000 * (i + 1),
    price: { inputPerMTok: 0.1 * (i + 1), outputPerMTok: 0.4 * (i + 1) },
    capabilities: { general: 0.5 + i / 25, code: 0.4 + i / 20 },
  })),
};

/** A running relay: every target measured, some feedback, one breaker open. */
export function liveFacts(): LiveFacts {
  const targets = CONFIG.models.flatMap(({ targets: own }, i) =>
    own.map(
      ({ provider, model }, j) =>
        [
          targetKey(provider, model),
          {
            ttftP50Ms: 200 + 30 * i,
            ttftP90Ms: 400 + 60 * i + 40 * j,
            tpotP50Ms: 8 + i,
            tpotP90Ms: 12 + 2 * i,
            load: (i % 4) / 4,
            rttMs: 10,
          },
        ] as const,
    ),
  );
  const evidence = CONFIG.models.map(({ id }, i) => [evidenceKey('code', id), { weight: 30, sum: 15 + i }] as const);
  return {
    targets: new Map(targets),
    open: new Map([[targetKey('west', 'up-3'), 'down']]),
    evidence: { tenant: new Map(evidence), user: new Map() },
    outputTokens: new Map([['', 300]]),
    spentUsd: 12.5,
    longCostTokens: 4_000,
  };
}
