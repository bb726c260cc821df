import { systemClock } from '@relay/core';
import type { Operation } from '@relay/contracts';
import { deltaFrame, doneFrame, frame, ScriptedUpstream, sseReply } from '@relay/testing';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { call, providerConfig } from '../../testing/call-harness';
import { createOpenaiClient } from '../openai/openai.adapter';

const event = (type: string, more: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const choice = (text: string, reason: string | null): string =>
  frame({ choices: [{ index: 0, text, finish_reason: reason }] });

/** What says that the answer has ended, and what ends the stream. */
const STREAMS: [operation: Operation, content: string, finish: string, end: string][] = [
  ['chat', deltaFrame({ content: 'Hi' }), deltaFrame({}, 'stop'), doneFrame()],
  ['completions', choice('Hi', null), choice('', 'stop'), doneFrame()],
  [
    'messages',
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hi' } }),
    event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } }),
    event('message_stop'),
  ],
  [
    'responses',
    event('response.output_text.delta', { delta: 'Hi' }),
    event('response.output_item.done', { item: { type: 'message', status: 'completed' } }),
    event('response.completed', { response: { status: 'completed', output: [] } }),
  ],
];
/** Servers of these are known to leave `[DONE]` out. */
const MAY_LACK_END: ReadonlySet<Operation> = new Set(['chat', 'completions']);

describe.each(STREAMS)('a stream of %s whose body ends', (operation, content, finish, end) => {
  let upstream: ScriptedUpstream;
  let client: UpstreamClient;
  beforeEach(async () => {
    upstream = await ScriptedUpstream.start();
    client = createOpenaiClient(providerConfig({ baseUrl: upstream.baseUrl }), systemClock);
  });
  afterEach(async () => {
    await client.close();
    await upstream.close();
  });
  const answered = (...frames: string[]) => {
    upstream.enqueue(sseReply(frames));
    return call(client, { operation, stream: true }).outcome;
  };
  const BROKEN_OFF = { kind: 'failed', error: { code: 'upstream_error' }, started: true, retryable: false };

  it('behind its last frame is complete', async () => {
    expect(await answered(content, finish, end)).toMatchObject({ kind: 'completed', tail: Buffer.from(end) });
  });

  it('before anything said that the answer ended has broken off', async () => {
    expect(await answered(content)).toMatchObject(BROKEN_OFF);
  });

  it(`behind that is ${MAY_LACK_END.has(operation) ? 'complete' : 'broken off'} without its last frame`, async () => {
    const outcome = await answered(content, finish);
    expect(outcome).toMatchObject(
      MAY_LACK_END.has(operation) ? { kind: 'completed', finishReason: 'stop' } : BROKEN_OFF,
    );
  });
});
