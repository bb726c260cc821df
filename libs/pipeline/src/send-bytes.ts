import { RelayError, type CancelSignal } from '@relay/core';
import type { Reply } from './exchange';

/** Bytes that are kept here, read a chunk at a time. */
export interface KeptBytes {
  readonly type: string; // content-type
  readonly bytes: number | null; // null: nobody knows yet, it is a stream
  readonly chunks: AsyncIterable<Buffer>;
}

/** Writes all chunks but the last one, which it gives. Rejects with `client_closed` if the client leaves, and with what `chunks` does. */
export async function sendAllButLast(reply: Reply, chunks: AsyncIterable<Buffer>, gone: CancelSignal): Promise<Buffer> {
  let last: Buffer | null = null;
  for await (const chunk of chunks) {
    if (last !== null) await writeOut(reply, last, gone);
    last = chunk;
  }
  return last ?? Buffer.alloc(0);
}

function writeOut(reply: Reply, chunk: Buffer, gone: CancelSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(new RelayError('client_closed', 'The client left during the download.'));
    if (gone.aborted) return leave();
    const resume = (): void => {
      gone.removeEventListener('abort', leave);
      resolve();
    };
    gone.addEventListener('abort', leave, { once: true });
    if (reply.write(chunk, resume)) resume();
  });
}
