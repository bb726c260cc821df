import { executionPlanSchema, serviceLevelSchema, type ChatCompletionRequest } from '@relay/contracts';
import { canonicalJson, sha256Hex } from '@relay/core';
import { LruPlanMemo } from './plan-memo';
import { AT, bodyOf, compiled, principalOf, requestOf } from '../test/policy-fixtures';
import { NOTHING_LIVE } from './domain/live';
import { planRequest, type PlanMemo, type PlanRequest } from './domain/plan-request';

const ROUNDS = 400;
const COMPILING_ROUNDS = 40; // each compiles a policy

/** Pseudo-random numbers with a fixed seed (Park and Miller), so that a failure can be repeated. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function shuffled<T>(value: T, next: (below: number) => number): T {
  if (Array.isArray(value)) return value.map((item: unknown) => shuffled(item, next)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, item]) => [key, shuffled<unknown>(item, next), next(1_000)] as const,
  );
  entries.sort((a, b) => a[2] - b[2]);
  return Object.fromEntries(entries.map(([key, item]) => [key, item])) as T;
}

const DOCUMENT = {
  defaults: { decoding: { overrides: { b: { z: 1, y: 2 }, a: 1 } } },
  rules: [
    {
      id: 'free',
      when: 'tenant.tier == "free" && request.n < 2',
      then: { route: { candidates: ['small', 'medium'] } },
    },
    {
      id: 'tagged',
      when: '"x" in request.tags',
      then: { decoding: { overrides: { c: 1, a: 2 } }, retries: { fallbacks: 0 } },
    },
    { id: 'mixed', when: 'features.inputTokens > 20', then: { route: { strategy: 'weighted' } } },
    { id: 'failing', when: 'request.tags[1] == "y"', then: { serviceLevel: 'interactive' }, final: true },
    { id: 'night', when: 'features.hour < 6', then: { queue: { weight: 2 }, deadlineMs: 9_000 } },
  ],
};

const compiledOnce = compiled(DOCUMENT);

function randomRequest(next: (below: number) => number): PlanRequest {
  const models = ['auto', 'auto:cheap', 'auto:fast', 'auto:best', 'spread', 'small', 'large', 'nope'];
  const body: ChatCompletionRequest = bodyOf({
    model: models[next(models.length)] ?? 'auto',
    messages: [
      { role: 'system', content: 's'.repeat(next(40)) },
      { role: 'user', content: [{ type: 'text', text: 'u'.repeat(next(3) * 20_000) }] },
    ],
    n: 1 + next(2),
    max_tokens: next(2) ? 5_000 : null,
    response_format: { type: 'json_object' },
  });
  return requestOf({
    body,
    headers: {
      tags: ['x', 'y'].slice(0, next(3)),
      priority: next(2) ? serviceLevelSchema.options[next(3)] : undefined,
      deadlineMs: next(2) ? 1 + next(90_000) : undefined,
    },
    principal: principalOf({ tier: next(2) ? 'free' : 'gold', models: next(3) ? null : ['small', 'spread'] }),
    at: AT + next(24) * 3_600_000,
    seed: next(2_147_483_647),
  });
}

function bytesOf(policy: ReturnType<typeof compiled>, request: PlanRequest, memo?: PlanMemo): string {
  const result = planRequest(policy, request, NOTHING_LIVE, memo);
  return result.ok
    ? JSON.stringify([result.value.document, result.value.features])
    : JSON.stringify(result.error.toBody());
}

describe('planning', () => {
  it('gives the same bytes for the same inputs, whatever the order of keys in request and policy', () => {
    const next = generator(42);
    for (let i = 0; i < COMPILING_ROUNDS; i++) {
      const request = randomRequest(next);
      const expected = bytesOf(compiledOnce, request);
      const reordered = compiled(shuffled(DOCUMENT, next));
      expect(bytesOf(reordered, shuffled(request, next))).toBe(expected);
    }
  });

  it('gives the same bytes with a memo as without', () => {
    const next = generator(7);
    const memo = new LruPlanMemo();
    for (let i = 0; i < ROUNDS; i++) {
      const request = randomRequest(next);
      expect(bytesOf(compiledOnce, request, memo)).toBe(bytesOf(compiledOnce, request));
    }
  });

  it('gives plans of the published shape, under the hash of their content', () => {
    const next = generator(11);
    for (let i = 0; i < ROUNDS; i++) {
      const result = planRequest(compiledOnce, randomRequest(next), NOTHING_LIVE);
      if (!result.ok) continue;
      const { id, ...content } = result.value.document;
      expect(executionPlanSchema.parse(content.plan)).toEqual(content.plan);
      expect(id).toBe(sha256Hex(canonicalJson(content)).slice(0, 32));
    }
  });
});

describe('the memo of plans', () => {
  it('shares one document among requests that differ only in what decides nothing', () => {
    const memo = new LruPlanMemo();
    const documentOf = (content: string, user: string) => {
      const request = requestOf({
        body: bodyOf({ messages: [{ role: 'user', content }], user }),
        seed: content.length,
      });
      const result = planRequest(compiledOnce, request, NOTHING_LIVE, memo);
      if (!result.ok) throw result.error;
      return result.value.document;
    };
    expect(documentOf('one', 'a')).toBe(documentOf('another', 'b'));
  });
});
