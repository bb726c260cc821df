import { EventParser } from '../../api/event-parser';
import { setReachable } from '../../api/reachability';
import { errorOf, factsOf, WAITING, withPart, type Answer } from './answer';
import type { ChatBody } from './draft';

export interface Call {
  readonly key: string;
  readonly body: ChatBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** Calls the relay as an app does, and tells of each part as it comes; failures are answers too. */
export async function callRelay(call: Call, signal: AbortSignal, onPart: (answer: Answer) => void): Promise<Answer> {
  const began = performance.now();
  let answer = WAITING;
  const update = (next: Answer): Answer => {
    answer = next;
    onPart(next);
    return next;
  };
  const elapsed = (): number => performance.now() - began;
  try {
    const reply = await send(call, signal);
    update({ ...answer, facts: factsOf(reply), elapsedMs: elapsed() });
    if (!reply.ok) return update(refused(answer, await reply.json().catch(() => null)));
    const isStream = reply.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    if (!isStream || !reply.body) update({ ...withPart(answer, await reply.json(), elapsed()), ttftMs: null });
    else for await (const part of partsOf(reply.body)) update(withPart(answer, part, elapsed()));
    return answer.phase === 'failed' ? answer : update({ ...answer, phase: 'done' });
  } catch (fault) {
    const elapsedMs = elapsed();
    if (signal.aborted) return update({ ...answer, phase: 'stopped', elapsedMs });
    return update({ ...answer, phase: 'failed', error: lost(answer, fault), elapsedMs });
  }
}

async function send({ key, body, headers }: Call, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch('/v1/chat/completions', {
      method: 'POST',
      signal,
      headers: { ...headers, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch (fault) {
    if (!signal.aborted) setReachable(false);
    throw fault;
  }
}

async function* partsOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<unknown> {
  const parser = new EventParser();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const { data } of parser.push(value)) if (data !== '[DONE]') yield JSON.parse(data) as unknown;
    }
  } finally {
    void reader.cancel().catch(() => undefined); // a part that is no JSON ends the reading, and so the call
  }
}

function refused(answer: Answer, body: unknown): Answer {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  const status = answer.facts?.status ?? 0;
  const known = error === null ? { code: String(status), message: noGateway(status) } : errorOf(error);
  return { ...answer, phase: 'failed', error: known };
}

const noGateway = (status: number): string =>
  `This address answered ${status} to /v1/chat/completions, and not in the words of the relay: does the process behind it serve apps?`;

function lost({ facts }: Answer, fault: unknown): { readonly code: string; readonly message: string } {
  if (facts === null) return { code: 'unreachable', message: 'Nobody answers at this address. Your draft is kept.' };
  const why = fault instanceof Error ? ` (${fault.message})` : '';
  return { code: 'connection_lost', message: `The connection broke before the answer was whole${why}.` };
}
