import { StringDecoder } from 'node:string_decoder';

/** A server-sent event as the relay writes them: one line of each field. */
export interface SseEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/** Characters of one event; a trace is a thousand. */
const MAX_EVENT_CHARS = 1_048_576;

export async function* sseEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<SseEvent> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  for await (const chunk of bytes) {
    text += decoder.write(Buffer.from(chunk));
    if (text.length > MAX_EVENT_CHARS) throw new Error('an event is larger than 1 MiB');
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event) yield event;
    }
  }
}

/** Comments and hints are no events. */
function parseBlock(block: string): SseEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const data = fields.get('data');
  return data === undefined ? undefined : { id: fields.get('id'), event: fields.get('event') ?? 'message', data };
}
