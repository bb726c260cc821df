/**
 * Latencies as counts in buckets whose bounds grow by a constant factor, as DDSketch has them (Masson, Rim and Lee, VLDB 2019): a quantile is
 * off by 1% at most, and sketches are merged by adding counts. Stored as entries of six bytes, a bucket (int2) and its count (int4), both big
 * endian, in any order; a bucket may come twice, so that sketches are merged by joining their bytes.
 */
const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LN_GAMMA = Math.log(GAMMA);
/** Bucket 0 holds what is shorter than 0.01 ms, where a relative error means nothing. */
const OFFSET = 232;
/** The longest that a column of type real can hold, 3.4e38 ms, is in bucket 4,668. */
const MAX_BUCKET = 4_700;
export const ENTRY_BYTES = 6;
const COUNT_AT = 2;

/** SQL: the bucket of an expression in ms; null of null. */
export const bucketSql = (ms: string): string =>
  `CASE WHEN ${ms} > 0.00971 THEN least(greatest(ceil(ln(${ms}::float8) / ${LN_GAMMA}) + ${OFFSET}, 1), ${MAX_BUCKET})::int2
    WHEN ${ms} IS NOT NULL THEN 0::int2 END`;

/** SQL: an entry. */
export const entrySql = (bucket: string, count: string): string => `int2send(${bucket}) || int4send(${count}::int4)`;

/** SQL: rows of `bucket` and `count` of a sketch. */
export const entriesSql = (sketch: string): string => `
  SELECT (get_byte(${sketch}, nth) * 256 + get_byte(${sketch}, nth + 1))::int2 AS bucket,
    get_byte(${sketch}, nth + 2)::int8 * 16777216 + get_byte(${sketch}, nth + 3) * 65536 + get_byte(${sketch}, nth + 4) * 256
      + get_byte(${sketch}, nth + 5) AS count
  FROM generate_series(0, octet_length(${sketch}) - 1, ${ENTRY_BYTES}) AS nth`;

/** Those values, ms; each null where nothing was counted. */
export interface LatencyQuantiles {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

const NONE: LatencyQuantiles = { p50Ms: null, p95Ms: null, p99Ms: null };

export function quantilesOf(sketch: Buffer): LatencyQuantiles {
  if (sketch.length === 0) return NONE;
  const { counts, total } = countsOf(sketch);
  const quantile = (share: number): number | null => (total === 0 ? null : valueAt(counts, Math.ceil(share * total)));
  return { p50Ms: quantile(0.5), p95Ms: quantile(0.95), p99Ms: quantile(0.99) };
}

/** How many latencies there are, and within what bounds, ms, the `rank`-th shortest of them is. */
export interface RankedLatencies {
  readonly total: number;
  readonly boundsAt: (rank: number) => { readonly low: number; readonly value: number; readonly high: number };
}

export function rankedLatencies(sketch: Buffer): RankedLatencies {
  const { counts, total } = countsOf(sketch);
  return {
    total,
    boundsAt: (rank) => {
      const value = valueAt(counts, rank);
      return { low: value * (1 - RELATIVE_ERROR), value, high: value * (1 + RELATIVE_ERROR) };
    },
  };
}

function countsOf(sketch: Buffer): { readonly counts: Float64Array; readonly total: number } {
  const counts = new Float64Array(MAX_BUCKET + 1);
  let total = 0;
  for (let at = 0; at + ENTRY_BYTES <= sketch.length; at += ENTRY_BYTES) {
    const bucket = Math.min(Math.max(0, sketch.readInt16BE(at)), MAX_BUCKET);
    const count = sketch.readUInt32BE(at + COUNT_AT);
    counts[bucket] = (counts[bucket] ?? 0) + count;
    total += count;
  }
  return { counts, total };
}

/** The value of the `rank`-th shortest, as percentile_disc counts them. */
function valueAt(counts: Float64Array, rank: number): number {
  let seen = 0;
  for (let bucket = 0; bucket <= MAX_BUCKET; bucket++) {
    seen += counts[bucket] ?? 0;
    if (seen >= rank) return middleOf(bucket);
  }
  return middleOf(MAX_BUCKET);
}

/** The value that is as far from both bounds, relatively. */
function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  const value = (2 * GAMMA ** (bucket - OFFSET)) / (GAMMA + 1);
  return Number(value.toPrecision(6));
}
