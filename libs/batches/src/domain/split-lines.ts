const NEWLINE = 0x0a;

/** A line without its end, or how long one is that is too long to be kept. */
export type Line = { readonly bytes: Buffer } | { readonly tooLong: true };

/** Lines of a text that comes in chunks of any size. At most `maxBytes` of one are held; of a longer one only that it was there is told. */
export async function* splitLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isTooLong = false;
  const take = (): Line => {
    const line: Line = isTooLong ? { tooLong: true } : { bytes: Buffer.concat(held) };
    [held, heldBytes, isTooLong] = [[], 0, false];
    return line;
  };
  const hold = (part: Buffer): void => {
    heldBytes += part.length;
    if (heldBytes > maxBytes) [held, isTooLong] = [[], true];
    else held.push(part);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      hold(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  }
  if (heldBytes > 0) yield take();
}
