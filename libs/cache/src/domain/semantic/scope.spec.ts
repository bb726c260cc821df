import type { ChatCompletionRequest } from '@relay/contracts';
import fc from 'fast-check';
import { questionOf } from './question';
import { evidenceParts, semanticScope } from './scope';

const cacheScope = { owner: 't:acme', role: 'chat', signature: 'sig-1', requestedModel: 'small', version: '1' };
const judge = { kind: 'llm', model: 'judge', minSimilarity: 0.9 } as const;
const places = { regions: null, providers: null };
const base = {
  model: 'small',
  temperature: 0.2,
  tools: [{ type: 'function', function: { name: 'look_up' } }],
  response_format: { type: 'json_object' },
  x_unknown: { deep: [1, 2] },
  messages: [
    { role: 'system', content: 'You are a help desk.' },
    { role: 'user', content: 'Do you deliver?' },
    { role: 'assistant', content: 'We do.' },
    { role: 'user', content: 'To Ghent?' },
  ],
};
const [system, asked, answered, last] = base.messages;

/** A number that no key is made of, or a list or an object with one. */
const isTooLarge = (json: unknown): boolean =>
  typeof json === 'object' && json !== null
    ? Object.values(json).some(isTooLarge)
    : typeof json === 'number' && Math.abs(json) > Number.MAX_SAFE_INTEGER;

function scopeOf(request: object, scope: typeof cacheScope = cacheScope): string {
  const question = questionOf(request as ChatCompletionRequest);
  return semanticScope({ cacheScope: scope, rest: question?.rest, places, evidence: 'default', judge }).scopeId;
}

describe('a semantic scope', () => {
  it('is 64 hex digits, and tells its owner', () => {
    expect(scopeOf(base)).toMatch(/^[0-9a-f]{64}$/);
    expect(semanticScope({ cacheScope, rest: null, places, evidence: 'default', judge }).owner).toBe('t:acme');
  });

  it('is the same whatever the last turn asks', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (content) => {
        fc.pre(content.trim() !== '');
        expect(scopeOf({ ...base, messages: [system, asked, answered, { role: 'user', content }] })).toBe(
          scopeOf(base),
        );
      }),
    );
  });

  it.each([
    ['system prompt', { ...base, messages: [{ role: 'system', content: 'You are a pirate.' }, asked, answered, last] }],
    ['developer message', { ...base, messages: [system, { role: 'developer', content: 'x' }, asked, answered, last] }],
    ['no system prompt', { ...base, messages: [asked, answered, last] }],
    ['question before', { ...base, messages: [system, { role: 'user', content: 'Do you ship?' }, answered, last] }],
    ['answer before', { ...base, messages: [system, asked, { role: 'assistant', content: 'No.' }, last] }],
    ['beginning of an answer', { ...base, messages: [...base.messages, { role: 'assistant', content: 'Sure' }] }],
    ['tool', { ...base, tools: [{ type: 'function', function: { name: 'look_in' } }] }],
    ['format', { ...base, response_format: { type: 'text' } }],
    ['temperature', { ...base, temperature: 0.3 }],
    ['unknown parameter', { ...base, x_unknown: { deep: [2, 1] } }],
    ['name of the user', { ...base, messages: [system, asked, answered, { ...last, name: 'Ada' }] }],
  ])('is another one with another %s', (_what, request) => {
    expect(scopeOf(request)).not.toBe(scopeOf(base));
  });

  it.each(['owner', 'role', 'signature', 'requestedModel', 'version'] as const)(
    'is another one with another %s',
    (field) => {
      expect(scopeOf(base, { ...cacheScope, [field]: 'other' })).not.toBe(scopeOf(base));
    },
  );

  it('is another one wherever data may go to other places, in whatever order they are named', () => {
    const within = (bounds: Partial<Parameters<typeof semanticScope>[0]['places']>): string =>
      semanticScope({ cacheScope, rest: null, places: { ...places, ...bounds }, evidence: 'default', judge }).scopeId;
    const scopes = [
      within({}),
      within({ regions: [] }),
      within({ regions: ['eu'] }),
      within({ regions: ['eu', 'us'] }),
      within({ providers: ['eu'] }),
      within({ regions: ['eu'], providers: ['eu'] }),
    ];
    expect(new Set(scopes).size).toBe(scopes.length);
    expect(within({ regions: ['us', 'eu'] })).toBe(within({ regions: ['eu', 'us'] }));
  });

  it('is another one for each value of each parameter, known or not', () => {
    const field = fc.constantFrom('seed', 'stop', 'top_k', 'x_new', 'reasoning_effort', 'logit_bias');
    const value = fc
      .jsonValue({ maxDepth: 2 })
      .filter((json) => json !== null && JSON.stringify(json) !== '{}' && !isTooLarge(json));
    fc.assert(
      fc.property(field, value, value, (name, one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        fc.pre(same || typeof one !== 'object' || typeof other !== 'object'); // keys may stand in another order
        expect(scopeOf({ ...base, [name]: one }) === scopeOf({ ...base, [name]: other })).toBe(same);
        expect(scopeOf({ ...base, [name]: one })).not.toBe(scopeOf(base));
      }),
    );
  });
});

describe('the evidence of a scope', () => {
  const evidence = (terms: Partial<Parameters<typeof semanticScope>[0]>): string =>
    semanticScope({ cacheScope, rest: null, places, evidence: 'default', judge, ...terms }).evidence;

  it('is pooled over all questions of an owner that are judged alike', () => {
    expect(evidence({ rest: 'a' })).toBe(evidence({ rest: 'b' }));
  });

  it('is apart for owners, names and judges', () => {
    const classes = [
      evidence({}),
      evidence({ cacheScope: { ...cacheScope, owner: 'g:support' } }),
      evidence({ evidence: 'faq' }),
      evidence({ judge: { ...judge, model: 'other' } }),
      evidence({ judge: { ...judge, kind: 'equality' } }),
      evidence({ judge: { ...judge, kind: 'embedding' } }),
    ];
    expect(new Set(classes).size).toBe(classes.length);
  });

  it('is not split by settings that the judge does not read', () => {
    expect(evidence({ judge: { ...judge, minSimilarity: 0.5 } })).toBe(evidence({}));
  });

  it('can be told to people', () => {
    expect(evidenceParts(evidence({}))).toEqual({ owner: 't:acme', name: 'default', judge: 'llm judge' });
    expect(() => evidenceParts('"x"')).toThrow('no evidence class');
  });
});
