import type { VoiceSums } from '@relay/core';
import type { SumName } from './request-sums.sql';

/** Sums as the database gives them: numbers as text, null over nothing. */
export type RequestSumsRow = { readonly [Name in SumName]: string | number | null } & {
  readonly total: boolean;
  readonly key: string | null;
  readonly per_1k_usd: string | null;
  readonly latency: Buffer;
  readonly ttft: Buffer;
};

export interface VerdictSumsRow {
  readonly total: boolean;
  readonly key: string | null;
  readonly voices: string;
  readonly count: number;
  readonly sum: number;
  readonly count_squares: number;
  readonly sum_squares: number;
  readonly products: number;
}

/** What was seen of one group. */
export interface Sample {
  readonly key: string | null;
  readonly requests: number;
  readonly ok: number;
  readonly errors: number;
  readonly hits: number;
  readonly badHits: number;
  readonly priced: number; // requests whose cost is known
  readonly costUsd: string;
  readonly per1kUsd: string | null; // exact
  readonly costSquares: number;
  readonly counted: number; // answers whose tokens are known
  readonly outputTokens: number;
  readonly tokenSquares: number;
  readonly latency: Buffer; // see latency-sketch.ts
  readonly ttft: Buffer;
  readonly verdicts: VoiceSums;
}

const NO_VERDICTS: VoiceSums = { voices: 0, count: 0, sum: 0, countSquares: 0, sumSquares: 0, products: 0 };
const EMPTY = Buffer.alloc(0);

export const noRequests = (key: string | null): Sample => toSample({ key }, undefined);

export function toSample(row: Partial<RequestSumsRow> & Pick<RequestSumsRow, 'key'>, said?: VerdictSumsRow): Sample {
  return {
    key: row.key,
    requests: Number(row.requests ?? 0),
    ok: Number(row.ok ?? 0),
    errors: Number(row.errors ?? 0),
    hits: Number(row.hits ?? 0),
    badHits: Number(row.bad_hits ?? 0),
    priced: Number(row.priced ?? 0),
    costUsd: String(row.cost_usd ?? '0'),
    per1kUsd: row.per_1k_usd ?? null,
    costSquares: Number(row.cost_squares ?? 0),
    counted: Number(row.counted ?? 0),
    outputTokens: Number(row.output_tokens ?? 0),
    tokenSquares: Number(row.token_squares ?? 0),
    latency: row.latency ?? EMPTY,
    ttft: row.ttft ?? EMPTY,
    verdicts: said ? toVoices(said) : NO_VERDICTS,
  };
}

function toVoices(row: VerdictSumsRow): VoiceSums {
  const { voices, count, sum, count_squares: countSquares, sum_squares: sumSquares, products } = row;
  return { voices: Number(voices), count, sum, countSquares, sumSquares, products };
}
