import type { BatchEndpoint } from '@relay/contracts';
import { readLine } from './read-line';

const URL = '/v1/chat/completions';
const good = { custom_id: 'a', method: 'POST', url: URL, body: { model: 'small', messages: [] } };
const read = (line: unknown, seen = new Set<string>()) =>
  readLine(Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)), 7, URL, seen);

describe('readLine', () => {
  it('gives id, model and body, and remembers the id', () => {
    const seen = new Set<string>();
    expect(read(good, seen)).toEqual({
      ok: true,
      value: { customId: 'a', model: 'small', body: Buffer.from(JSON.stringify(good.body)) },
    });
    expect(read(good, seen)).toMatchObject({ ok: false, error: { customId: 'a', code: 'duplicate_custom_id' } });
  });

  it.each([
    ['no JSON', '{"custom_id": ', null, 'invalid_json_line', 'Line 7'],
    ['no object', '[1]', null, 'invalid_json_line', 'Line 7'],
    ['lists in lists without end', `{"custom_id":"a","body":${'['.repeat(300_000)}`, null, 'invalid_line', 'lists'],
    ['no id', { ...good, custom_id: undefined }, null, 'invalid_line', 'custom_id'],
    ['an id that is too long', { ...good, custom_id: 'x'.repeat(513) }, 'x'.repeat(512), 'invalid_line', 'custom_id'],
    ['another method', { ...good, method: 'GET' }, 'a', 'invalid_line', 'method'],
    ['the url of another endpoint', { ...good, url: '/v1/embeddings' }, 'a', 'invalid_line', URL],
    ['a body that is none', { ...good, body: 'text' }, 'a', 'invalid_line', 'body'],
    ['an id with NUL', { ...good, custom_id: 'x\0y' }, null, 'invalid_line', 'custom_id'],
    ['an id with half a character', { ...good, custom_id: 'x\ud800' }, null, 'invalid_line', 'custom_id'],
    [
      'an id that is cut in a character',
      { ...good, custom_id: `${'x'.repeat(511)}😀😀` },
      'x'.repeat(511),
      'invalid_line',
      'custom_id',
    ],
    [
      'no id of a text, and another fault',
      { ...good, custom_id: 'x\0y', method: 'GET' },
      null,
      'invalid_line',
      'method',
    ],
    ['a stream', { ...good, body: { ...good.body, stream: true } }, 'a', 'invalid_line', 'body.stream'],
  ])('says what is wrong with %s', (_what, line, customId, code, said) => {
    expect(read(line)).toMatchObject({ ok: false, error: { customId, code, message: expect.stringContaining(said) } });
  });

  it('keeps the bytes of the body, so that no number is rounded', () => {
    const body = '{ "model" : "small", "seed": 9007199254740993, "n": 1.0 }';
    const text = `\uFEFF{"body":{},"custom_id":"a","method":"POST","url":"${URL}", "b\\u006fdy": ${body} }\r`;
    const found = read(text);
    expect(found.ok && found.value.body.toString()).toBe(body);
  });

  it('refuses responses in the background, and leaves the word to other endpoints', () => {
    const body = { model: 'small', input: 'Hello', background: true };
    const line = (url: BatchEndpoint): Buffer => Buffer.from(JSON.stringify({ ...good, url, body }));
    expect(readLine(line('/v1/responses'), 1, '/v1/responses', new Set())).toMatchObject({
      error: { customId: 'a', code: 'invalid_line', message: expect.stringContaining('body.background') as string },
    });
    expect(readLine(line(URL), 1, URL, new Set())).toMatchObject({ ok: true });
  });

  it('takes a line that a byte order mark begins or a carriage return ends', () => {
    expect(read(`\uFEFF${JSON.stringify(good)}\r`)).toMatchObject({ ok: true });
  });
});
