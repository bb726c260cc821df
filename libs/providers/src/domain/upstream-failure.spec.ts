import { MAX_RETRY_AFTER_MS, retryAfterMs } from './retry-after';
import { refusalFailure, reportedFailure } from './upstream-failure';

const NOW = Date.UTC(2026, 0, 1);

describe('Retry-After of an upstream', () => {
  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    [{ 'retry-after': '86400' }, MAX_RETRY_AFTER_MS],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': '1999-05-01' }, null],
    [{}, null],
  ])('%j is %s ms', (headers, expected) => {
    expect(retryAfterMs(headers, NOW)).toBe(expected);
  });
});

describe('a refusal of an upstream', () => {
  const refusal = (status: number, body = '{"error":{"message":"no"}}', wait: number | null = null) =>
    refusalFailure('p', { status, contentType: 'application/json', body: Buffer.from(body), retryAfterMs: wait }, [
      'secret-key-1',
    ]);

  it.each([400, 404, 409, 413, 415, 422])('with %i goes to the client as it is and is not tried again', (status) => {
    const failure = refusal(status);
    expect(failure).toMatchObject({ retryable: false, passthrough: { status, contentType: 'application/json' } });
    expect(failure.passthrough?.body.toString()).toBe('{"error":{"message":"no"}}');
  });

  it.each([
    [400, 'text/html', '<html>proxy-7.internal</html>'],
    [404, 'application/json', '<html>proxy-7.internal</html>'],
    [409, 'text/plain', '{"error":{"message":"fine"}}'],
    [413, '', '<html>proxy-7.internal</html>'],
    [415, 'application/json', ''],
    [422, 'application/json', '{"error":{"mess'],
  ])('with %i as %s %j, no JSON, is an error of the relay and is not tried again', (status, contentType, body) => {
    const failure = refusalFailure('p', { status, contentType, body: Buffer.from(body), retryAfterMs: null }, []);
    expect(failure).toMatchObject({ retryable: false, passthrough: null, error: { code: 'upstream_error' } });
    expect(failure.error.message).toContain(`Provider p refused the request with ${status}`);
    expect(failure.error.message).not.toContain('html');
  });

  it('without a content type goes to the client as JSON if it is JSON', () => {
    const reply = { status: 400, contentType: '', body: Buffer.from('{"detail":"no"}'), retryAfterMs: null };
    expect(refusalFailure('p', reply, []).passthrough).toMatchObject({ contentType: 'application/json' });
  });

  it.each([401, 402, 403, 408, 500, 502, 503, 529, 302])(
    'with %i is a 502 of the relay and may be tried elsewhere',
    (status) => {
      expect(refusal(status)).toMatchObject({
        retryable: true,
        passthrough: null,
        error: { code: 'upstream_error', status: 502 },
      });
    },
  );

  it('with 429 names the limiter and the time to wait', () => {
    expect(refusal(429, '', 1_500)).toMatchObject({
      retryable: true,
      retryAfterMs: 1_500,
      error: { code: 'upstream_rate_limited', retryAfterSeconds: 2 },
    });
  });

  it.each([null, 0, 1, 1_000])('tells clients to wait a second at least where a 429 asks for %p ms', (wait) => {
    const reply = { status: 429, contentType: '', body: Buffer.alloc(0), retryAfterMs: wait };
    expect(refusalFailure('p', reply, [])).toMatchObject({ retryAfterMs: wait, error: { retryAfterSeconds: 1 } });
  });

  it('never shows a credential', () => {
    const words = '{"error":{"message":"Incorrect API key provided: sk-abcdef123456 or secret-key-1"}}';
    for (const status of [400, 401, 403, 500]) {
      const failure = refusal(status, words);
      const shown = `${failure.error.message} ${failure.passthrough?.body.toString() ?? ''}`;
      expect(shown).not.toMatch(/abcdef123456|secret-key-1/);
    }
  });

  it('quotes neither HTML nor long or many-lined messages', () => {
    expect(refusal(502, '<html>Bad gateway</html>').error.message).toBe('Provider p answered 502');
    const long = refusal(500, JSON.stringify({ error: { message: `line\n${'x'.repeat(5_000)}` } })).error.message;
    expect(long.length).toBeLessThan(400);
    expect(long).not.toContain('\n');
  });

  it('inside a 200 is told apart by its code', () => {
    expect(reportedFailure('p', { error: { code: 429, message: 'slow' } }, []).error.code).toBe(
      'upstream_rate_limited',
    );
    expect(reportedFailure('p', { error: 'broken' }, []).error).toMatchObject({
      code: 'upstream_error',
      message: 'Provider p reported an error: broken',
    });
  });
});
