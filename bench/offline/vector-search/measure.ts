import type { SemanticStore } from '@relay/cache';
import { ASKED_AFTER_MS, EMBEDDER, entryOf, isExpired, numberIn, type Tenant } from './tenants';

/** In ms. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Given up by the store: they count with its time-out at least. */
  readonly failed: number;
}

/** Shares of the truly nearest that were found. */
export interface Recall {
  readonly at1: number;
  readonly at10: number;
}

export interface Query {
  readonly tenant: Tenant;
  readonly vector: Float32Array;
}

const MOST = 10; // neighbours
const TIMEOUT_MS = 250; // of the store

const lookUp = (store: SemanticStore, { tenant, vector }: Query, limit: number) =>
  store.nearest({
    scopeId: tenant.scope.scopeId,
    embedderId: EMBEDDER,
    vector,
    limit,
    now: Date.now() + ASKED_AFTER_MS,
  });

/** `clients` at a time, each asks its next question when the last is answered. */
export async function timeLookUps(
  store: SemanticStore,
  queries: readonly Query[],
  clients: number,
  limit: number,
): Promise<Times> {
  let failed = 0;
  const times: number[] = [];
  const left = queries.values();
  const client = async (): Promise<void> => {
    for (const query of left) {
      const started = performance.now();
      const answered = await lookUp(store, query, limit).catch(() => null);
      if (answered === null) failed++;
      const took = performance.now() - started;
      times.push(answered === null ? Math.max(took, TIMEOUT_MS) : took);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { ...quantiles(times), failed };
}

export async function timeInserts(
  store: SemanticStore,
  tenant: Tenant,
  vectors: readonly Float32Array[],
): Promise<Times> {
  const times: number[] = [];
  for (const vector of vectors) {
    const started = performance.now();
    const stored = await store.insert(entryOf(tenant, vector, tenant.vectors.length + times.length));
    if (stored.kind === 'refused') throw new Error(`an insert was refused: ${stored.reason}`);
    times.push(performance.now() - started);
  }
  return { ...quantiles(times), failed: 0 };
}

/** Against a comparison of all vectors in this process, in single precision. */
export async function recallOf(store: SemanticStore, queries: readonly Query[]): Promise<Recall> {
  let [at1, at10, asked] = [0, 0, 0];
  for (const query of queries) {
    const neighbours = await lookUp(store, query, MOST).catch(() => null);
    if (neighbours === null) continue; // given up, not overlooked
    asked++;
    const wanted = exactly(query);
    const found = neighbours.map(({ prompt }) => numberIn(prompt));
    if (found[0] === wanted[0]) at1++;
    at10 += wanted.filter((number) => found.includes(number)).length;
  }
  return { at1: at1 / asked, at10: at10 / (MOST * asked) };
}

function exactly({ tenant, vector }: Query): number[] {
  const scored = tenant.vectors.flatMap((other, number) =>
    isExpired(number) ? [] : [{ number, similarity: dot(vector, other) }],
  );
  return scored
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, MOST)
    .map(({ number }) => number);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function quantiles(times: readonly number[]): Omit<Times, 'failed'> {
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
  return { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
}
