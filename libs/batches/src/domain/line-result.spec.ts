import { outputLine, responseOf } from './line-result';

const BATCH = `batch_${'0'.repeat(32)}`;
const written = (response: Buffer | null, error: { code: string; message: string } | null = null) =>
  outputLine(BATCH, { index: 3, customId: 'a "quoted" id', response, error }).toString();

describe('a line of an output file', () => {
  it('holds the answer as it came', () => {
    const line = written(responseOf(200, 'req', Buffer.from('{"big":12345678901234567890,"text":"a\\nb"}')));
    expect(line).toContain('"body":{"big":12345678901234567890,"text":"a\\nb"}');
    expect(JSON.parse(line)).toMatchObject({
      custom_id: 'a "quoted" id',
      response: { status_code: 200, request_id: 'req', body: { text: 'a\nb' } },
      error: null,
    });
  });

  it('stays one line, whatever the answer looks like', () => {
    for (const answer of ['{\n  "a": [1,\r\n 2]\n}\n', 'no\nJSON', '']) {
      const line = written(responseOf(200, 'req', Buffer.from(answer)));
      expect(line.indexOf('\n')).toBe(line.length - 1);
    }
    expect(JSON.parse(written(responseOf(502, 'req', Buffer.from('no\nJSON'))))).toMatchObject({
      response: { status_code: 502, body: 'no\nJSON' },
    });
  });

  it('says why there is no answer', () => {
    const error = { code: 'batch_expired', message: 'too late' };
    expect(JSON.parse(written(null, error))).toMatchObject({ response: null, error });
  });
});
