import type { ChatCompletionRequest } from '@relay/contracts';
import { exactKey, type CacheScope } from './exact-key';
import { DELIVERY_FIELDS, EXPLICIT_DEFAULTS } from './parameter-defaults';

const scope: CacheScope = {
  owner: 't:acme',
  role: 'inference',
  signature: 'sig-1',
  requestedModel: 'small',
  version: '1',
};
const body: ChatCompletionRequest = { model: 'small', messages: [{ role: 'user', content: 'What is a relay?' }] };
const key = (request: object, of: CacheScope = scope): string => exactKey(of, request as ChatCompletionRequest);

/** Reproducible random numbers in [0, 1): mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SCALARS = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.5,
  1e21,
  12,
  '',
  'a',
  'ab',
  '1',
  'n1;',
  's1:a',
  '"',
  '}',
  'é',
  'e\u0301',
  '\ud800',
  '\ud801',
  '😀',
];

function randomValue(random: () => number, depth: number): unknown {
  const pick = random();
  if (depth === 0 || pick < 0.5) return SCALARS[Math.floor(random() * SCALARS.length)];
  const items = Array.from({ length: Math.floor(random() * 4) }, () => randomValue(random, depth - 1));
  if (pick < 0.7) return items;
  return Object.fromEntries(items.map((item, i) => [`${'xyz'[i % 3]}${Math.floor(random() * 3)}`, item]));
}

function randomRequest(random: () => number): Record<string, unknown> {
  const fields = ['seed', 'stop', 'tools', 'top_k', 'x_unknown', 'response_format', 'temperature'].filter(
    () => random() < 0.5,
  );
  return {
    ...body,
    ...Object.fromEntries(fields.map((field) => [field, randomValue(random, 3)])),
    messages: [{ role: 'user', content: 'q', extra: randomValue(random, 2) }],
  };
}

function shuffleKeys(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(item, random));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => [random(), name, shuffleKeys(item, random)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => a - b).map(([, name, item]) => [name, item]));
}

/** What the key must tell apart, computed another way: JSON with sorted keys, null and default parameters left out. */
function meaning(request: Record<string, unknown>): string {
  const kept = Object.entries(request).filter(
    ([name, value]) =>
      value !== null && !DELIVERY_FIELDS.has(name) && JSON.stringify(EXPLICIT_DEFAULTS[name]) !== JSON.stringify(value),
  );
  return JSON.stringify(Object.fromEntries(kept), (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

describe('the exact key', () => {
  it('does not depend on the order of keys at any depth', () => {
    const random = randomFrom(1);
    for (let i = 0; i < 500; i++) {
      const request = randomRequest(random);
      expect(key(shuffleKeys(request, random) as object)).toBe(key(request));
    }
  });

  it('is equal exactly when the meaning is equal', () => {
    const random = randomFrom(2);
    const seen = new Map<string, string>();
    const keys = new Set<string>();
    for (let i = 0; i < 5_000; i++) {
      const request = randomRequest(random);
      const known = seen.get(meaning(request));
      if (known !== undefined) expect(key(request)).toBe(known);
      seen.set(meaning(request), key(request));
      keys.add(key(request));
    }
    expect(keys.size).toBe(seen.size);
    expect(keys.size).toBeGreaterThan(1_000);
  });

  it.each([...DELIVERY_FIELDS])('does not depend on %s', (field) => {
    expect(key({ ...body, [field]: 'anything' })).toBe(key(body));
  });

  it.each(Object.entries(EXPLICIT_DEFAULTS))('takes the explicit default of %s and null for absent', (field, value) => {
    expect(key({ ...body, [field]: value })).toBe(key(body));
    expect(key({ ...body, [field]: null })).toBe(key(body));
    expect(key({ ...body, [field]: 'other' })).not.toBe(key(body));
  });

  it('keeps explicit zero and false apart from absent where they are no default', () => {
    const keys = [
      body,
      { ...body, temperature: 0 },
      { ...body, top_p: 0 },
      { ...body, logprobs: true },
      { ...body, x: false },
      { ...body, x: 0 },
    ];
    expect(new Set(keys.map((request) => key(request))).size).toBe(keys.length);
  });

  it('tells messages apart by role, content, order and number', () => {
    const [a, b] = [
      { role: 'user', content: 'a' },
      { role: 'user', content: 'b' },
    ];
    const variants = [
      [a],
      [b],
      [a, b],
      [b, a],
      [a, a],
      [{ ...a, role: 'system' }],
      [{ ...a, name: 'x' }],
      [{ role: 'user', content: [{ type: 'text', text: 'a' }] }],
    ];
    expect(new Set(variants.map((messages) => key({ ...body, messages }))).size).toBe(variants.length);
  });

  it('takes different code points for different prompts', () => {
    const texts = ['é', 'e\u0301', 'É', ' é', 'é ', '\ud800', '\udfff', '\ufffd'];
    expect(new Set(texts.map((content) => key({ ...body, messages: [{ role: 'user', content }] }))).size).toBe(
      texts.length,
    );
  });

  it('is never shared between tenants, plans or requested models', () => {
    const scopes: CacheScope[] = [
      scope,
      { ...scope, owner: 't:other' },
      { ...scope, signature: 'sig-2' },
      { ...scope, requestedModel: 'auto' },
      { ...scope, owner: 't:acmei', role: 'nference' }, // the same letters, otherwise divided
    ];
    expect(new Set(scopes.map((of) => key(body, of))).size).toBe(scopes.length);
  });
});
