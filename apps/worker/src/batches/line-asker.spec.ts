import type { Principals } from '@relay/auth';
import type { BatchTask, LineAnswer } from '@relay/batches';
import { Cancellation, err, ok, RelayError, type Result } from '@relay/core';
import type { DeferredRequest, DeferredRequests, Unanswered } from '@relay/pipeline';
import { FakeClock } from '@relay/testing';
import { LineAsker } from './line-asker';
import type { LineBody } from './line-body';
import type { OffloadedLine } from './offload/offloaded-line';

const HOUR_MS = 3_600_000;
const LINE = { index: 0, request: Buffer.from('{"model":"small"}'), model: 'small', returned: null };

interface Said {
  readonly status: number;
  readonly retryAfter?: string;
  readonly code?: string;
}

describe('LineAsker', () => {
  const start = (
    says: readonly Said[],
    windowMs = 48 * HOUR_MS,
    isKeyValid = true,
    expanded?: Result<Buffer, RelayError>,
  ) => {
    const clock = new FakeClock();
    const asked: DeferredRequest[] = [];
    const run = (request: DeferredRequest) => {
      asked.push(request);
      const said = says[Math.min(asked.length, says.length) - 1] ?? { status: 200 };
      if (request.signal.aborted) return Promise.resolve(err(new RelayError('client_closed', 'gone')));
      const headers = new Map(said.retryAfter ? [['retry-after', said.retryAfter]] : []);
      const usage = { prompt_tokens: 11, completion_tokens: 3 };
      const body = Buffer.from(JSON.stringify(said.code ? { error: { code: said.code } } : { data: [{}], usage }));
      return Promise.resolve(ok({ status: said.status, headers, body, requestId: 'req', traceId: 'trace' }));
    };
    const principal = isKeyValid ? { keyId: 'key', tenant: { id: 'acme' } } : null;
    const byKeyId = () => Promise.resolve(principal);
    const bodies: Partial<LineBody> = { toAsk: (_task, { request }) => Promise.resolve(expanded ?? ok(request)) };
    const asker = new LineAsker(
      ...([{ run } as unknown as DeferredRequests, { byKeyId } as unknown as Principals] as const),
      ...([bodies as LineBody, clock] as const),
    );
    const task: BatchTask = {
      ...{ id: 'batch_1', tenantId: 'acme', keyId: 'key', endpoint: '/v1/embeddings', inputFileId: 'file-1' },
      ...{
        status: 'in_progress',
        ending: null,
        expiresAt: clock.now() + windowMs,
        cancellingAt: null,
        outputSeconds: null,
        total: 1,
      },
      headers: { 'x-relay-tags': 'nightly,eval', 'x-relay-user': 'ada', 'cache-control': 'no-store' },
    };
    const signal = new Cancellation();
    return { clock, asked, signal, ask: (offloaded?: OffloadedLine) => asker.ask(task, LINE, signal, offloaded) };
  };

  it('asks as a batch, as the tenant, with the time that is left', async () => {
    const { asked, ask } = start([{ status: 200 }], 60_000);
    expect(await ask()).toMatchObject({ index: 0, outcome: 'completed', error: null, usage: [11, 0, 3, 0] });
    expect(asked[0]).toMatchObject({
      ...{
        operation: 'embeddings',
        endpoint: '/v1/embeddings',
        principal: { tenant: { id: 'acme' } },
        body: LINE.request,
      },
      headers: {
        ...{
          'x-relay-priority': 'batch',
          'x-relay-deadline-ms': '60000',
          'x-relay-tags': 'nightly,eval,batch:batch_1',
        },
        ...{ 'x-relay-user': 'ada', 'cache-control': 'no-store' },
      },
    });
  });

  it('asks for no more time than a request may have', async () => {
    const { asked, ask } = start([{ status: 200 }]);
    await ask();
    expect(asked[0]?.headers).toMatchObject({ 'x-relay-deadline-ms': String(HOUR_MS) });
  });

  it.each([429, 503])('takes %i for "not now", to come again when it is told to', async (status) => {
    const { ask } = start([{ status, retryAfter: '7' }, { status: 200 }]);
    expect(await ask()).toEqual({ afterMs: 7_000 });
    expect(await ask()).toMatchObject({ outcome: 'completed' });
  });

  it('waits longer each time where it is not told how long, a minute at most', async () => {
    const { ask } = start([{ status: 503 }]);
    const told = [];
    for (let n = 0; n < 8; n++) told.push(await ask());
    expect(told).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => ({ afterMs: seconds * 1_000 })));
  });

  it('takes it for an answer that an upstream limits a line for an hour, as where its account is used up', async () => {
    const { clock, asked, ask } = start([{ status: 429, code: 'upstream_rate_limited' }]);
    for (let n = 0; n < 10; n++) expect(await ask()).toHaveProperty('afterMs');
    clock.advance(HOUR_MS);
    expect(await ask()).toMatchObject({ outcome: 'failed', error: null });
    expect(asked).toHaveLength(11);
  });

  it.each([
    ['limits of the relay', [{ status: 429, code: 'rate_limited' }]],
    ['an upstream that had room in between', [{ status: 429, code: 'upstream_rate_limited' }, { status: 503 }]],
  ])('asks again until the window ends: %s', async (_what, says) => {
    const { clock, ask } = start([...Array.from({ length: 20 }, () => says).flat(), { status: 200 }]);
    for (let n = 0; n < 20 * says.length; n++) {
      expect(await ask()).toHaveProperty('afterMs');
      clock.advance(HOUR_MS / 2);
    }
    expect(await ask()).toMatchObject({ outcome: 'completed' });
  });

  it.each([400, 402, 404, 500, 502, 504])('takes %i for an answer', async (status) => {
    const { asked, ask } = start([{ status }]);
    const { outcome, response } = (await ask()) as LineAnswer;
    expect(outcome).toBe('failed');
    expect(JSON.parse(response?.toString() ?? '')).toMatchObject({ status_code: status, request_id: 'req' });
    expect(asked).toHaveLength(1);
  });

  it('gives no answer where the window ends first', async () => {
    const { clock, ask } = start([{ status: 429, retryAfter: '50' }], 30_000);
    expect(await ask()).toEqual({ afterMs: 30_000 });
    clock.advance(30_000);
    expect(await ask()).toBeNull();
  });

  it('gives no answer where nobody wants it any more', async () => {
    const { signal, asked, ask } = start([{ status: 429, retryAfter: '50' }]);
    await ask();
    signal.abort();
    expect(await ask()).toBeNull();
    expect(asked).toHaveLength(1);
  });

  it('asks what the line means for the relay, and says why it means nothing', async () => {
    const { asked, ask } = start([{ status: 200 }], HOUR_MS, true, ok(Buffer.from('{"input":[]}')));
    expect(await ask()).toMatchObject({ outcome: 'completed' });
    expect(asked[0]?.body.toString()).toBe('{"input":[]}');
    const refusal = err(new RelayError('previous_response_not_found', 'no such response'));
    const refused = start([], HOUR_MS, true, refusal);
    expect(await refused.ask()).toMatchObject({ outcome: 'failed', error: { code: 'previous_response_not_found' } });
    expect(refused.asked).toEqual([]);
  });

  describe('a line that its provider’s own batch may answer, or has answered', () => {
    const ended = (unanswered: Unanswered | null, answer: object | null = null) =>
      ({ unanswered, answer }) as OffloadedLine;

    it('is not answered by a fault on its way there', async () => {
      const { ask } = start([{ status: 500 }]);
      await expect(ask(ended({ why: 'fault', error: new Error('away') }))).rejects.toThrow('away');
    });

    it.each(['taken', 'lost', 'set-aside'] as const)('has no answer yet where it is %s', async (why) => {
      expect(await start([{ status: 503 }]).ask(ended({ why }))).toBeNull();
    });

    it('comes again in a minute where a budget has no room for it beside the others, and in time', async () => {
      expect(await start([{ status: 503 }]).ask(ended({ why: 'later' }))).toEqual({ afterMs: 60_000 });
      expect(await start([{ status: 503 }], 5_000).ask(ended({ why: 'later' }))).toEqual({ afterMs: 5_000 });
    });

    it('passes the gate with its answer, which is to be paid, also where it means nothing any more', async () => {
      const refusal = err(new RelayError('previous_response_not_found', 'no such response'));
      const { ask, asked } = start([{ status: 404 }], HOUR_MS, true, refusal);
      expect(await ask(ended(null, {}))).toMatchObject({ error: { code: 'previous_response_not_found' } });
      expect(asked).toHaveLength(1);
    });

    it('passes the gate with its answer when the window has ended as well', async () => {
      const { clock, ask, asked } = start([{ status: 504 }], 1_000);
      clock.advance(1_000);
      expect(await ask(ended(null, {}))).toBeNull();
      expect(asked).toHaveLength(1);
    });
  });

  it('asks nothing for a key that was revoked', async () => {
    const { asked, ask } = start([], HOUR_MS, false);
    expect(await ask()).toMatchObject({ outcome: 'failed', error: { code: 'invalid_api_key' } });
    expect(asked).toEqual([]);
  });
});
