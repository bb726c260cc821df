/** Bytes of one row of `file_chunks`. */
export const CHUNK_BYTES = 1_048_576;

/** The same bytes in chunks of `CHUNK_BYTES`, the last one shorter. */
export async function* chunked(
  parts: AsyncIterable<Buffer> | Iterable<Buffer>,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const part of parts) {
    let rest = part;
    while (heldBytes + rest.length >= chunkBytes) {
      const cut = chunkBytes - heldBytes;
      yield Buffer.concat([...held, rest.subarray(0, cut)]);
      rest = rest.subarray(cut);
      [held, heldBytes] = [[], 0];
    }
    if (rest.length > 0) held.push(rest);
    heldBytes += rest.length;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
