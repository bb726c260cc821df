import type { Principals } from '@relay/auth';
import { Cancellation, err, ok, RelayError, type Principal } from '@relay/core';
import type { DeferredRequest, DeferredRequests } from '@relay/pipeline';
import { type BackgroundStore, type ClaimedResponse, type Leases, type Responses } from '@relay/responses';
import { FakeClock, Gate } from '@relay/testing';
import { PatientEnd } from './patient-end';
import { ResponseAsker } from './response-asker';
import { ResponseMaker } from './response-maker';

const NAME = { tenantId: 'acme', id: 'resp_1' };
const QUEUED = { id: 'resp_1', created_at: 7, previous_response_id: null, status: 'queued', output: [] };
const ANSWER = { id: 'resp_upstream', created_at: 99, status: 'completed', output: [{ type: 'message' }] };
const CLAIMED: ClaimedResponse = {
  response: {
    ...{ id: 'resp_1', status: 'in_progress', background: true, previousId: null },
    ...{ asked: { model: 'small', input: 'Hello', background: true, stream: true }, answer: QUEUED },
  },
  ...{ tenantId: 'acme', keyId: 'k', headers: { 'x-relay-priority': 'batch' }, attempts: 1, isExpired: false },
};

describe('a response in the background', () => {
  let claimed: ClaimedResponse;
  let lease: Cancellation;
  let stop: Cancellation;
  let ends: unknown[];
  let released: number;
  let reply: { status: number; body: unknown; retryAfter?: string };
  let asked: DeferredRequest[];
  let gate: Gate;
  let principal: Principal | null;
  let failures: number;
  let stopsWhenAnswered: boolean;
  let clock: FakeClock;
  let maker: ResponseMaker;

  beforeEach(() => {
    [claimed, lease, stop, ends, released, asked, gate] = [
      CLAIMED,
      new Cancellation(),
      new Cancellation(),
      [],
      0,
      [],
      new Gate(),
    ];
    reply = { status: 200, body: ANSWER };
    principal = { keyId: 'k' } as Principal;
    failures = 0;
    stopsWhenAnswered = false;
    gate.open();
    clock = new FakeClock();
    const store: Partial<BackgroundStore> = {
      finish: (_claimed, owner, status, answer) => {
        if (failures-- > 0) return Promise.reject(new Error('away'));
        ends.push([owner, status, answer]);
        return Promise.resolve(true);
      },
      release: () => {
        released++;
        return Promise.resolve();
      },
    };
    const leases = { owner: 'me', take: () => Promise.resolve({ claimed, signal: lease, end: () => undefined }) };
    const requests: Partial<DeferredRequests> = {
      run: async (request) => {
        asked.push(request);
        await Promise.race([
          gate.pass(),
          new Promise<void>((resolve) => request.signal.addEventListener('abort', resolve)),
        ]);
        if (request.signal.aborted) return err(new RelayError('client_closed', 'gone'));
        const body = Buffer.from(JSON.stringify(reply.body));
        if (stopsWhenAnswered) stop.abort();
        const headers = new Map(reply.retryAfter ? [['retry-after', reply.retryAfter]] : []);
        return ok({ status: reply.status, headers, body, requestId: 'r', traceId: 't' });
      },
    };
    const responses: Partial<Responses> = { expand: () => Promise.resolve(ok(null)) };
    const principals: Partial<Principals> = { byKeyId: () => Promise.resolve(principal) };
    const background = store as BackgroundStore;
    maker = new ResponseMaker(
      leases as Partial<Leases> as Leases,
      background,
      principals as Principals,
      new ResponseAsker(responses as Responses, requests as DeferredRequests),
      new PatientEnd(background, clock),
    );
  });
  const make = () => maker.make(NAME, stop);

  it('is asked as it was ordered, but for what the relay does itself', async () => {
    expect(await make()).toBe(true);
    const [request] = asked;
    expect(JSON.parse(request?.body.toString() ?? '')).toEqual({ model: 'small', input: 'Hello', store: false });
    expect(request?.headers).toEqual({ 'x-relay-priority': 'batch', 'x-relay-deadline-ms': '600000' });
  });

  it('ends with its answer, under its own id', async () => {
    await make();
    const echo = { id: 'resp_1', created_at: 7, previous_response_id: null, store: true, background: true };
    expect(ends).toEqual([['me', 'completed', { ...ANSWER, ...echo }]]);
  });

  it.each([
    [400, 'invalid_prompt'],
    [402, 'server_error'],
    [502, 'server_error'],
  ])('fails with what the provider said: %d', async (status, code) => {
    reply = { status, body: { error: { message: 'no' } } };
    expect(await make()).toBe(true);
    expect(ends).toEqual([['me', 'failed', { ...QUEUED, status: 'failed', error: { code, message: 'no' } }]]);
  });

  it.each([429, 503])('is put off where there is no room: %d', async (status) => {
    reply = { status, body: { error: { message: 'later' } } };
    expect(await make()).toEqual({ afterMs: 5_000 });
    expect([ends, released]).toEqual([[], 1]);
  });

  it.each([
    ['42', 42_000],
    ['86400', 300_000],
  ])('comes again when it was told to, within five minutes: %s s', async (retryAfter, afterMs) => {
    reply = { status: 503, body: {}, retryAfter };
    expect(await make()).toEqual({ afterMs });
  });

  it('keeps an answer that came as the worker stopped', async () => {
    stopsWhenAnswered = true;
    expect(await make()).toBe(true);
    expect([ends.length, released]).toEqual([1, 0]);
  });

  it('is left alone when its lease is lost, as when it is cancelled', async () => {
    gate = new Gate();
    const making = make();
    await gate.reached;
    lease.abort();
    expect(await making).toBe(false);
    expect([ends, released]).toEqual([[], 0]);
  });

  it('goes back into the line when the worker stops', async () => {
    gate = new Gate();
    const making = make();
    await gate.reached;
    stop.abort();
    expect(await making).toBe(false);
    expect([ends, released]).toEqual([[], 1]);
  });

  it.each([
    ['has expired', { isExpired: true }, 'within 24 hours'],
    ['was begun too often', { attempts: 6 }, 'interrupted too often'],
  ])('fails unasked when it %s', async (_what, changes, message) => {
    claimed = { ...CLAIMED, ...changes };
    expect(await make()).toBe(true);
    expect(ends).toMatchObject([['me', 'failed', { error: { message: expect.stringContaining(message) as string } }]]);
    expect(asked).toEqual([]);
  });

  it('fails unasked when the key that ordered it is gone', async () => {
    principal = null;
    await make();
    expect(ends).toMatchObject([
      ['me', 'failed', { error: { message: expect.stringContaining('API key') as string } }],
    ]);
    expect(asked).toEqual([]);
  });

  it('is not asked again because the database was away when it ended, for minutes', async () => {
    failures = 300;
    const making = make();
    await clock.advanceAsync(300_000);
    expect(await making).toBe(true);
    expect([asked.length, ends.length]).toEqual([1, 1]);
  });

  it('is not asked again because the database was away for a moment as the worker stopped', async () => {
    failures = 3;
    stopsWhenAnswered = true;
    const making = make();
    await clock.advanceAsync(5_000);
    expect(await making).toBe(true);
    expect([asked.length, ends.length]).toEqual([1, 1]);
  });
});
