import { authorizedFetch } from './authorized-fetch';
import { apiErrorOf, unreachable } from './api-error';
import { EventParser, type StreamEvent } from './event-parser';

/** The relay says something every 15 s at least; a stream that is silent for longer has lost its other end, as after a laptop's sleep. */
export const MAX_SILENCE_MS = 45_000;

interface Following {
  readonly lastEventId: string | null; // what comes after it is asked for
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onEvent: (event: StreamEvent) => void;
}

/**
 * Server-sent events of the API, read with `fetch`: an `EventSource` could not send the access token. Resolves when the relay
 * ends the stream, rejects when it refuses or falls silent.
 */
export async function followEvents(path: string, { lastEventId, signal, onOpen, onEvent }: Following): Promise<void> {
  const headers = {
    accept: 'text/event-stream',
    ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
  };
  const reply = await authorizedFetch(new Request(path, { signal, headers }));
  if (!reply.ok || !reply.body) throw apiErrorOf(reply, await reply.json().catch(() => null));
  onOpen();
  const parser = new EventParser();
  for await (const piece of piecesOf(reply.body)) for (const event of parser.push(piece)) onEvent(event);
}

/** The text of a body as it comes. Whoever stops reading, or waits in vain, lets go of the connection. */
async function* piecesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await unlessSilent(reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => undefined); // an aborted one is gone already
  }
}

async function unlessSilent<Value>(read: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unreachable()), MAX_SILENCE_MS);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}
