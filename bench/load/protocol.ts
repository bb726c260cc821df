import type { Quantiles } from '../stats/histogram';

/** Where requests go. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Bodies that differ by a number, in turn: `first`, `first + 1` … `count` of them, then from the first again. */
export interface NumberedBodies {
  readonly first: number;
  readonly count: number;
}

/** What is sent: `distinct` bodies are never equal to an earlier one, so no cache can answer them. */
export interface Workload {
  readonly bodies: 'same' | 'distinct' | NumberedBodies;
  readonly stream: boolean;
  /** What the user says, with NUMBER where bodies differ; default: a customer's letter. */
  readonly question?: string;
}

export const NUMBER = '{number}';

export type Arrivals =
  /** Each connection sends its next request when the last answer is complete, until the time is over or so many were sent. */
  | { readonly kind: 'closed'; readonly connections: number; readonly requests?: number }
  /** Requests start when the schedule says so, whether or not earlier ones are answered. */
  | { readonly kind: 'open'; readonly ratePerSecond: number; readonly spacing: 'poisson' | 'constant' }
  /** Each connection sends one request, all at once. */
  | { readonly kind: 'burst'; readonly connections: number };

/** One measurement for the load generator to make. */
export interface LoadSpec {
  readonly target: Target;
  readonly workload: Workload;
  readonly arrivals: Arrivals;
  readonly seconds: number;
  /** Each request is told by itself as well. */
  readonly samples?: boolean;
}

/** What became of one request. Times in ms. */
export interface Sample {
  readonly startMs: number; // when it was meant to start, of the machine's monotonic clock
  readonly tookMs: number;
  readonly status: number; // 0: no reply
  readonly queueMs: number | null; // x-relay-queue-ms
  readonly retryAfterS: number | null;
  readonly error: string | null; // null: a whole and good answer
}

export interface LoadResult {
  readonly requests: number; // all that were sent, failed ones too
  readonly requestsPerSecond: number; // good answers completed while requests were still being sent
  readonly errors: Readonly<Record<string, number>>;
  readonly latencyMs: Quantiles; // good answers only; in an open loop from the intended start
  readonly firstByteMs: Quantiles;
  readonly latenessMs: Quantiles; // open loop: how late the generator itself was
  readonly cacheResults: Readonly<Record<string, number>>; // by x-relay-cache
  readonly eventsPerReply: number | null; // SSE events, [DONE] included
  readonly samples: readonly Sample[]; // empty unless asked for
  readonly generatorCpuShare: number; // of one core; near 1 the generator is the bottleneck
}

/** Messages between the harness and the load generator's process. */
export type LoadReply = { readonly result: LoadResult } | { readonly failure: string };
