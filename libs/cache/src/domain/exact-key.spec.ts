import { OPERATIONS, type ChatCompletionRequest } from '@relay/contracts';
import fc from 'fast-check';
import { exactKey, type CacheScope } from './exact-key';
import { DELIVERY_FIELDS, EXPLICIT_DEFAULTS } from './parameter-defaults';

const scope: CacheScope = {
  operation: 'chat',
  owner: 't:acme',
  role: 'inference',
  signature: 'sig-1',
  requestedModel: 'small',
  version: '1',
};
const body: ChatCompletionRequest = { model: 'small', messages: [{ role: 'user', content: 'What is a relay?' }] };
const key = (request: object, of: CacheScope = scope): string => exactKey(of, request as ChatCompletionRequest);

/** JSON values that look alike to a careless encoding: letters with two forms, lone surrogates, numbers as text, tags of the encoding. */
const trickyText = fc.oneof(
  fc.constantFrom('', 'a', '1', 'n1;', 's1:a', 'z', '"', '}', 'é', 'e\u0301', '\ud800', '\udfff', '\ufffd', '😀'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const scalar = fc.oneof(
  trickyText,
  fc.double({ noNaN: true, min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(trickyText, tie('json'), { maxKeys: 3 }),
  ),
}));

const PARAMETERS = ['seed', 'stop', 'tools', 'top_k', 'x_unknown', 'response_format', 'temperature', 'n', '__proto__'];
const parameters = fc.dictionary(fc.constantFrom(...PARAMETERS), json, { maxKeys: 4 });
const request = fc
  .tuple(parameters, trickyText, json)
  .map(([given, content, extra]) => ({ ...body, ...given, messages: [{ role: 'user', content, extra }] }));

/** As a client may send it: keys in any order, with the white space that JSON allows (RFC 8259, section 2). */
function writtenBy(seed: readonly number[]): (value: unknown) => string {
  let drawn = 0;
  const draw = (below: number): number => (seed[drawn++ % seed.length] ?? 0) % below;
  const space = (): string => ['', ' ', '\n', '\t\r\n  '][draw(4)] ?? '';
  const write = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return space() + JSON.stringify(value) + space();
    if (Array.isArray(value)) return `[${value.map(write).join(',') || space()}]`;
    const members = Object.entries(value).map(
      ([name, item]) => `${space()}${JSON.stringify(name)}${space()}:${write(item)}`,
    );
    const turn = draw(members.length + 1);
    return `{${[...members.slice(turn), ...members.slice(0, turn).reverse()].join(',') || space()}}`;
  };
  return write;
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
  it('does not depend on the order of keys at any depth, nor on white space between tokens', () => {
    fc.assert(
      fc.property(request, fc.array(fc.nat(), { minLength: 1 }), (sent, seed) => {
        const written = writtenBy(seed)(sent);
        expect(key(JSON.parse(written) as object)).toBe(key(JSON.parse(JSON.stringify(sent)) as object));
      }),
      { numRuns: 500 },
    );
  });

  it('is equal exactly when the meaning is equal', () => {
    const padding = fc.subarray(Object.entries(EXPLICIT_DEFAULTS)).map((defaults) => Object.fromEntries(defaults));
    const padded = request.chain((sent) =>
      fc.tuple(
        fc.constant(sent),
        padding.map((more) => ({ ...more, ...sent })),
      ),
    );
    fc.assert(
      fc.property(fc.oneof(padded, fc.tuple(request, request)), ([one, other]) => {
        expect(key(one) === key(other)).toBe(meaning(one) === meaning(other));
      }),
      { numRuns: 1_000 },
    );
  });

  it('changes with every single value of a request, known to the relay or not', () => {
    fc.assert(
      fc.property(request, fc.constantFrom('seed', 'x_unknown', 'top_k'), json, json, (sent, name, one, other) => {
        fc.pre(
          JSON.stringify(one) !== JSON.stringify(other) && meaning({ [name]: one }) !== meaning({ [name]: other }),
        );
        expect(key({ ...sent, [name]: one })).not.toBe(key({ ...sent, [name]: other }));
      }),
      { numRuns: 500 },
    );
  });

  it('tells composed from decomposed letters wherever Unicode has both', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (content) => {
        const [composed, decomposed] = [content.normalize('NFC'), content.normalize('NFD')];
        const keyOf = (text: string): string => key({ ...body, messages: [{ role: 'user', content: text }] });
        expect(keyOf(composed) === keyOf(decomposed)).toBe(composed === decomposed);
      }),
      { numRuns: 500 },
    );
    const accented = (content: string): string => key({ ...body, messages: [{ role: 'user', content }] });
    expect(accented('caf\u00e9')).not.toBe(accented('cafe\u0301'));
  });

  it('takes the ways to write one number for one number', () => {
    const withSeed = (written: string): string =>
      key(JSON.parse(`{"model":"small","messages":[],"seed":${written}}`) as object);
    for (const form of ['1.0', '1.00', '1e0', '10e-1', '0.1E1']) expect(withSeed(form)).toBe(withSeed('1'));
    expect(withSeed('-0')).toBe(withSeed('0'));
    for (const other of ['1.0000001', '-1', '10', '"1"', 'true', '[1]'])
      expect(withSeed(other)).not.toBe(withSeed('1'));
  });

  it.each(['9007199254740993', '-9007199254740993', '12345678901234567890', '1e400', '1e16'])(
    'gives no key to a request with the number %s, which another one may look like',
    (written) => {
      const asked = JSON.parse(`{"model":"small","messages":[],"conversation_id":{"of":[${written}]}}`) as object;
      expect(() => key(asked)).toThrow(RangeError);
      expect(key({ ...body, metadata: asked })).toBe(key(body));
    },
  );

  it('does not depend on how the answer is delivered', () => {
    const delivery = fc.dictionary(fc.constantFrom(...DELIVERY_FIELDS), json);
    fc.assert(fc.property(request, delivery, (sent, given) => key({ ...sent, ...given }) === key(sent)));
  });

  it.each([...DELIVERY_FIELDS])('does not depend on %s', (field) => {
    expect(key({ ...body, [field]: 'anything' })).toBe(key(body));
  });

  it.each(['user', 'metadata'])('depends on %s where the answer repeats it', (field) => {
    const responses: CacheScope = { ...scope, operation: 'responses' };
    expect(key({ ...body, [field]: 'mine' }, responses)).not.toBe(key({ ...body, [field]: 'yours' }, responses));
    expect(key({ ...body, stream: true }, responses)).toBe(key(body, responses));
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

  it('is never shared between owners, roles, plans, requested models or versions', () => {
    const part = fc.oneof(trickyText, fc.constantFrom('t:acme', 'g:acme', 'inference'));
    const operation = fc.constantFrom(...OPERATIONS);
    const scopes = fc.record({
      operation,
      owner: part,
      role: part,
      signature: part,
      requestedModel: part,
      version: part,
    });
    fc.assert(
      fc.property(scopes, scopes, request, (one, other, sent) => {
        expect(key(sent, one) === key(sent, other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
    const single = Object.keys(scope).map((name) => key(body, { ...scope, [name]: 'other' }));
    const divided = key(body, { ...scope, owner: 't:acmei', role: 'nference' }); // the same letters, otherwise divided
    expect(new Set([key(body), ...single, divided]).size).toBe(Object.keys(scope).length + 2);
  });
});
