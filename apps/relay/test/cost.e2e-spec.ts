import type { TraceDetail, TraceRow } from '@relay/contracts';
import {
  completionJson,
  deltaFrame,
  doneFrame,
  frame,
  Gate,
  jsonReply,
  type RecordedRequest,
  ScriptedUpstream,
  sseReply,
} from '@relay/testing';
import { type AdminClient, RelayProcess } from './relay-process';
import { ask } from './test-config';

const KEY = 'key-of-the-tenant-that-pays';
const FRESH = { 'cache-control': 'no-store, no-cache' };
const REQUESTS = 200;
const PICO = 1_000_000_000_000n; // of USD: what traces are exact to

const USAGE = {
  prompt_tokens: 1_000,
  completion_tokens: 300,
  total_tokens: 1_300,
  prompt_tokens_details: { cached_tokens: 400, audio_tokens: 100 },
  completion_tokens_details: { reasoning_tokens: 120, audio_tokens: 0 },
};
/** 400 at 0.075, 100 at 10, 500 at 0.15; 120 at 0.7, 180 at 0.6; by hand, in USD. */
const COST = '0.001297';

function configOf(upstream: ScriptedUpstream): object {
  const price = {
    ...{ inputPerMTok: 0.15, cachedInputPerMTok: 0.075, audioInputPerMTok: 10 },
    ...{ outputPerMTok: 0.6, reasoningPerMTok: 0.7 },
  };
  return {
    providers: [{ id: 'mock', kind: 'openai', baseUrl: upstream.baseUrl, preheat: { connections: 0 } }],
    models: [
      { id: 'small', targets: [{ provider: 'mock', model: 'mock-small' }], price },
      { id: 'unpriced', targets: [{ provider: 'mock', model: 'mock-small' }] },
    ],
    tenants: [{ id: 'acme', keys: [{ name: 'ci', value: KEY }] }],
  };
}

const words = [deltaFrame({ role: 'assistant', content: '' }), deltaFrame({ content: 'Hello' })];
const usageOnly = (usage: object): string => frame({ id: 'c', object: 'chat.completion.chunk', choices: [], usage });
const streamed = (usage: object) => sseReply([...words, deltaFrame({}, 'stop'), usageOnly(usage), doneFrame()]);

/** Whole picodollars, for sums that are exact. */
function picodollars(usd: string | null): bigint {
  const [whole = '0', fraction = ''] = (usd ?? '').split('.');
  return BigInt(whole) * PICO + BigInt(fraction.padEnd(12, '0'));
}

describe('usage and cost', () => {
  let upstream: ScriptedUpstream;
  let relay: RelayProcess;
  let admin: AdminClient;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
    relay = await RelayProcess.start({ config: configOf(upstream) });
    admin = await relay.admin();
  }, 120_000);
  afterAll(async () => {
    await relay.close();
    await upstream.close();
  });

  const traceOf = (reply: Response): Promise<TraceDetail> => admin.trace(reply.headers.get('x-relay-trace-id'));
  /** Sends a request, reads all of the reply, and gives both with the trace. */
  const send = async (body: object, headers: Record<string, string> = FRESH) => {
    const reply = await relay.post(KEY, body, headers);
    const text = await reply.text();
    return { reply, text, trace: await traceOf(reply) };
  };
  const lastAsked = (): Record<string, unknown> => (upstream.requests.at(-1) as RecordedRequest).json();

  it('trap 13: usage is asked of the upstream and taken out where the client did not ask; trap 14: it is told where it did, with its empty choices', async () => {
    upstream.enqueue(streamed(USAGE), streamed(USAGE));
    const unasked = await send(ask('a', { stream: true }));
    expect(lastAsked()).toMatchObject({ stream_options: { include_usage: true } });
    expect(unasked.text).not.toContain('usage');
    expect(unasked.trace).toMatchObject({ inputTokens: 1_000, cachedInputTokens: 400, costUsd: COST });

    const asked = await send(ask('b', { stream: true, stream_options: { include_usage: true } }));
    expect(asked.text).toContain(usageOnly(USAGE)); // with its empty choices, byte by byte
    expect(asked.trace.costUsd).toBe(COST);
  });

  it('trap 15: nothing is a count, not a gap', async () => {
    const none = { prompt_tokens: 12, completion_tokens: 0, total_tokens: 12 };
    upstream.enqueue(jsonReply({ ...completionJson(''), usage: none }));
    const { trace } = await send(ask('c'));
    expect(trace).toMatchObject({ inputTokens: 12, outputTokens: 0, usageEstimated: false, costUsd: '0.0000018' });
  });

  it('trap 16: usage is known, and marked as counted here, when the upstream tells none or breaks off', async () => {
    const { usage: _usage, ...silent } = completionJson('Hello there');
    upstream.enqueue(jsonReply(silent), sseReply([...words, deltaFrame({ content: ' there' }), 'CUT']));
    for (const body of [ask('d'), ask('e', { stream: true })]) {
      const { trace } = await send(body);
      expect(trace.usageEstimated).toBe(true);
      expect(trace.outputTokens).toBeGreaterThan(0);
      expect(picodollars(trace.costUsd)).toBeGreaterThan(0n);
    }
  });

  it('trap 16: and when the client leaves', async () => {
    const gate = new Gate();
    upstream.enqueue(sseReply([...words, gate, doneFrame()]));
    const client = new AbortController();
    const reply = await fetch(`${relay.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...FRESH },
      body: JSON.stringify(ask('f', { stream: true })),
      signal: client.signal,
    });
    await reply.body?.getReader().read();
    client.abort();
    await upstream.requests.at(-1)?.aborted;
    gate.open();
    let left: TraceRow[] = [];
    while (left.length === 0) left = await admin.traces('status=aborted'); // it ends a moment after the client did
    expect(left).toMatchObject([{ id: reply.headers.get('x-relay-trace-id'), usageEstimated: true }]);
    expect(picodollars(left[0]?.costUsd ?? null)).toBeGreaterThan(0n);
  });

  it('trap 17: every kind of token is counted once, and the trace names the price', async () => {
    upstream.enqueue(jsonReply({ ...completionJson('Hello'), usage: USAGE }));
    const { reply, trace } = await send(ask('g'));
    expect(reply.headers.get('x-relay-cost-usd')).toBe(COST);
    expect(trace).toMatchObject({
      ...{ costUsd: COST, priceVersion: expect.stringMatching(/^relay\.yaml#[0-9a-f]{12}$/) },
      actual: { inputTokens: 1_000, cachedInputTokens: 400, audioInputTokens: 100, reasoningTokens: 120 },
    });
  });

  it('trap 40: a stream from the cache costs nothing, and saves what the answer cost', async () => {
    upstream.enqueue(streamed(USAGE));
    const first = await send(ask('h', { stream: true }), {});
    const hit = await send(ask('h', { stream: true }), {});
    expect(hit.reply.headers.get('x-relay-cache')).toBe('exact-l1');
    expect(hit.trace).toMatchObject({
      ...{ costUsd: '0', savedUsd: first.trace.costUsd, priceVersion: first.trace.priceVersion },
      ...{ inputTokens: 1_000, outputTokens: 300, actual: { audioInputTokens: 100, reasoningTokens: 120 } },
    });
  });

  it('an unknown price is unknown, not nothing, and is counted', async () => {
    const { reply, trace } = await send(ask('i', { model: 'unpriced' }));
    expect(reply.headers.get('x-relay-cost-usd')).toBeNull();
    expect(trace).toMatchObject({ inputTokens: 11, costUsd: null, priceVersion: null });
    const metrics = await (await fetch(`${relay.url}/metrics`)).text();
    expect(metrics).toMatch(/relay_unpriced_requests_total\{[^}]*response_model="unpriced"[^}]*\} 1/);
  });

  it('models tell their price to whom may use them', async () => {
    const reply = await fetch(`${relay.url}/v1/models/small`, { headers: { authorization: `Bearer ${KEY}` } });
    const { price } = (await reply.json()) as { price: { version: string; price: object } };
    expect(price).toMatchObject({ price: { inputPerMTok: 0.15, currency: 'USD' } });
    const unpriced = await fetch(`${relay.url}/v1/models/unpriced`, { headers: { authorization: `Bearer ${KEY}` } });
    expect(await unpriced.json()).not.toHaveProperty('price');
  });

  it('trap 56: the traces of many requests add up to the invoice, to the last digit', async () => {
    const from = new Date().toISOString();
    const tokens = { cached: 0, fresh: 0, output: 0 };
    for (let i = 0; i < REQUESTS; i++) {
      const [cached, fresh, output] = [i % 37, 100 + ((i * 7_919) % 1_009), 1 + ((i * 31) % 211)];
      const usage = { prompt: cached + fresh, completion: output, cached };
      upstream.enqueue(jsonReply(completionJson('Hello', usage)));
      await (await relay.post(KEY, ask(`invoice ${i}`), FRESH)).arrayBuffer();
      tokens.cached += cached;
      tokens.fresh += fresh;
      tokens.output += output;
    }
    const rows = (await admin.traces(`from=${from}`)).filter(({ model }: TraceRow) => model === 'small');
    expect(rows).toHaveLength(REQUESTS);
    const traced = rows.reduce((sum, { costUsd }) => sum + picodollars(costUsd), 0n);
    // Picodollars a token: 0.075, 0.15 and 0.6 USD per million tokens.
    const invoice =
      BigInt(tokens.cached) * 75_000n + BigInt(tokens.fresh) * 150_000n + BigInt(tokens.output) * 600_000n;
    expect(traced).toBe(invoice);
  });
});
