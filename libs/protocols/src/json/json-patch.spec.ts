import { patchJson } from './json-patch';

const patched = (text: string, patch: Record<string, unknown>): string | undefined =>
  patchJson(Buffer.from(text), patch)?.toString();

describe('patchJson', () => {
  it('replaces a value and leaves every other byte as it was', () => {
    const text = '{ "model" : "gpt",\n "temperature":1.0, "seed":12345678901234567890, "x":[1e2] }';
    expect(patched(text, { model: 'other' })).toBe(
      '{ "model" : "other",\n "temperature":1.0, "seed":12345678901234567890, "x":[1e2] }',
    );
  });

  it('finds only the outermost keys, past strings, escapes and nesting', () => {
    const text =
      '{"messages":[{"content":"\\\\\\"model\\":\\"no\\" } ]","model":"inner"}],"a":{"model":1},"model":"m"}';
    expect(patched(text, { model: 'new' })).toBe(text.replace('"model":"m"', '"model":"new"'));
  });

  it('knows a key that is written with escapes', () => {
    expect(patched('{"mod\\u0065l":"a"}', { model: 'b' })).toBe('{"mod\\u0065l":"b"}');
  });

  it('changes a duplicate key in both places, so no reader sees the old value', () => {
    expect(patched('{"model":"a","n":1,"model":"b"}', { model: 'c' })).toBe('{"model":"c","n":1,"model":"c"}');
  });

  it('adds what is not there', () => {
    expect(patched('{"model":"a" }', { max_tokens: 5, stream: false })).toBe(
      '{"model":"a","max_tokens":5,"stream":false }',
    );
    expect(patched('{}', { a: 1 })).toBe('{"a":1}');
    expect(patched(' { } ', { a: 1 })).toBe(' {"a":1 } ');
  });

  it('removes keys wherever they stand, and stays valid JSON', () => {
    const text = '{"a":1, "b":{"x":[2]} , "c":"3"}';
    const all: Record<string, unknown> = { a: 1, b: { x: [2] }, c: '3' };
    for (const keys of [['a'], ['b'], ['c'], ['a', 'b'], ['a', 'c'], ['b', 'c'], ['a', 'b', 'c']]) {
      const patch = Object.fromEntries(keys.map((key) => [key, undefined]));
      const rest = Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key)));
      expect(JSON.parse(patched(text, patch) ?? '')).toEqual(rest);
      expect(JSON.parse(patched(text, { ...patch, d: 4 }) ?? '')).toEqual({ ...rest, d: 4 });
    }
  });

  it('keeps explicit zero, false and null', () => {
    expect(patched('{"n":1}', { n: 0, stream: false, stop: null })).toBe('{"n":0,"stream":false,"stop":null}');
  });

  it('gives the very same buffer back when nothing changes', () => {
    const text = Buffer.from('{"model":"a","messages":[]}');
    expect(patchJson(text, { model: 'a', absent: undefined })).toBe(text);
  });

  it('is not fooled by keys that JavaScript objects have of their own', () => {
    expect(patched('{"constructor":1,"__proto__":2,"toString":3}', { a: 1 })).toBe(
      '{"constructor":1,"__proto__":2,"toString":3,"a":1}',
    );
  });

  it('refuses what is no object', () => {
    for (const text of ['', '[]', '"a"', '{', '{"a"}', '{"a":1', '{"a":}', '{a:1}'])
      expect(patchJson(Buffer.from(text), { a: 1 })).toBeNull();
  });

  it('agrees with JSON.parse on texts of all shapes', () => {
    const values = ['"\\u00e9\\\\"', '"}]{["', '[[],{"k":"\\"]"}]', '-1.5e-7', 'true', 'null', '{}', '"é😀"'];
    for (const a of values) {
      for (const b of values) {
        for (const space of ['', ' ', '\n\t ']) {
          const text = `{${space}"a"${space}:${a}${space},${space}"model":${b}${space}}`;
          const expected = { ...(JSON.parse(text) as object), model: 'z', extra: [1] };
          expect(JSON.parse(patched(text, { model: 'z', extra: [1] }) ?? '')).toEqual(expected);
        }
      }
    }
  });
});
