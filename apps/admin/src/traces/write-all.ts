import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Clock } from '@relay/core';

/** Bytes that are written at a time. */
const SLICE_BYTES = 65_536;
/** A client that has not taken a slice for so long is cut off, with what it holds. Timers of sockets begin anew when a little was taken. */
const STALL_MS = 60_000;

/**
 * Writes texts as fast as the client reads them, and leaves the reply open. Rejects when the client leaves or stops reading; the texts are
 * ended then.
 */
export async function writeAll(
  response: ServerResponse,
  isZipped: boolean,
  first: IteratorResult<string, unknown>,
  texts: AsyncGenerator<string>,
  clock: Clock,
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort(new Error('the client left')));
  const heard = async (stream: Writable, event: 'drain' | 'end'): Promise<void> => {
    const cancel = clock.after(STALL_MS, () => left.abort(new Error('the client stopped reading')));
    await once(stream, event, { signal: left.signal }).finally(cancel);
  };
  const zip = isZipped ? createGzip() : null;
  zip?.pipe(response, { end: false });
  const target = zip ?? response;
  try {
    for (let next = first; next.done !== true; next = await texts.next()) {
      for (const slice of slices(next.value)) {
        left.signal.throwIfAborted();
        if (!target.write(slice)) await heard(target, 'drain');
      }
    }
    if (zip) await heard(zip.end(), 'end'); // all of it has been handed on
    if (response.writableNeedDrain) await heard(response, 'drain');
  } finally {
    await texts.return(undefined);
    zip?.destroy();
  }
}

function* slices(text: string): Generator<Buffer> {
  const bytes = Buffer.from(text);
  for (let begin = 0; begin < bytes.length; begin += SLICE_BYTES) yield bytes.subarray(begin, begin + SLICE_BYTES);
}
