const GAMMA = 1.01 / 0.99;
const OFFSET = 232;

/** A sketch of one latency of a millisecond or more, as `bucketSql` and `entrySql` of latency-sketch.ts make it. */
export function entryOf(ms: number): Buffer {
  const entry = Buffer.alloc(6);
  entry.writeInt16BE(Math.ceil(Math.log(ms) / Math.log(GAMMA)) + OFFSET, 0);
  entry.writeUInt32BE(1, 2);
  return entry;
}
