import { checkHostile } from './hostile-input';

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('hostile input to the control plane', () => {
  it('is a text or a key with U+0000, wherever it stands', () => {
    expect(checkHostile({ a: { tags: ['x', 'y\0'] } })).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', param: 'a.tags.1' },
    });
    expect(checkHostile({ 'k\0': 1 })).toMatchObject({ ok: false });
  });

  it('is half of a surrogate pair, which no store keeps', () => {
    expect(checkHostile({ a: { name: 'x\ud83d' } })).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', param: 'a.name' },
    });
    expect(checkHostile({ '\ude00': 1 })).toMatchObject({ ok: false });
  });

  it('is a value nested without end, which must not cost the stack', () => {
    expect(checkHostile(nested(100_000))).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
  });

  it('is nothing else', () => {
    expect(
      checkHostile({ messages: [{ role: 'user', content: 'é\u200b\ud83d\ude00' }], deep: nested(100), n: null }),
    ).toEqual({ ok: true });
  });
});
