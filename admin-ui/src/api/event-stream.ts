import { authorizedFetch } from './authorized-fetch';
import { apiErrorOf } from './api-error';
import { EventParser, type StreamEvent } from './event-parser';

/**
 * Server-sent events of the API, read with `fetch`: an `EventSource` could not send the access token. Resolves when the relay
 * ends the stream, rejects when it refuses or falls silent.
 */
export async function followEvents(
  path: string,
  signal: AbortSignal,
  onEvent: (event: StreamEvent) => void,
): Promise<void> {
  const request = new Request(path, { signal, headers: { accept: 'text/event-stream' } });
  const reply = await authorizedFetch(request);
  if (!reply.ok || !reply.body) throw apiErrorOf(reply, await reply.json().catch(() => null));
  const parser = new EventParser();
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const event of parser.push(value)) onEvent(event);
  }
}
