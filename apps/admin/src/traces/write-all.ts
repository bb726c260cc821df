import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createGzip, type Gzip } from 'node:zlib';

/** A client that takes nothing for so long is cut off, with what it holds. */
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
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort(new Error('the client left')));
  response.setTimeout(STALL_MS, () => left.abort(new Error('the client stopped reading')));
  const zip = isZipped ? createGzip() : null;
  zip?.pipe(response, { end: false });
  const target = zip ?? response;
  try {
    for (let next = first; next.done !== true; next = await texts.next()) {
      left.signal.throwIfAborted();
      if (!target.write(next.value)) await once(target, 'drain', { signal: left.signal });
    }
    if (zip) await ended(zip, left.signal);
    else if (response.writableNeedDrain) await once(response, 'drain', { signal: left.signal });
  } finally {
    await texts.return(undefined);
    zip?.destroy();
  }
}

/** Everything zipped has been handed on. */
async function ended(zip: Gzip, signal: AbortSignal): Promise<void> {
  zip.end();
  await once(zip, 'end', { signal });
}
