import { sseEvents } from './sse-events';

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += size) yield Promise.resolve(bytes.subarray(i, i + size)) as never;
}

describe('server-sent events', () => {
  it.each([1, 2, 7, 10_000])('are the same however they come in pieces of %i bytes', async (size) => {
    const text = 'retry: 2000\n\n:\n\nid: 1.x\nevent: trace\ndata: {"model":"é"}\n\nevent: end\ndata: {}\n\n';
    const events: unknown[] = [];
    for await (const event of sseEvents(chunks(text, size))) events.push(event);
    expect(events).toEqual([
      { id: '1.x', event: 'trace', data: '{"model":"é"}' },
      { id: undefined, event: 'end', data: '{}' },
    ]);
  });
});
