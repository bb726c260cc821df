import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { ApiKeyAuthenticator, ApiKeyService, PasswordHasher, TenantService } from '@relay/auth';
import { quantile } from '../crowd/figures';

const TENANT = 'bench';
const KEYS = 1_000;
/** Of them in use at once where memory is measured: so many are renewed in passing also on a slow machine. */
const BUSY_KEYS = 100;
/** Checks between two looks at the clock, and how often that is done; as many to warm up. */
const BATCH = 10_000;
const BATCHES = 100;
const PAUSE_MS = 20; // after each batch, for what is renewed in passing
const HASHES = 20;

export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

/** Keys that nobody has asked for yet. */
export async function makeKeys(app: INestApplicationContext): Promise<string[]> {
  const terms = { weight: 1, tier: 'standard', tags: [], models: null, limits: {} };
  await app.get(TenantService).create({ id: TENANT, ...terms });
  const keys: string[] = [];
  for (let n = 0; n < KEYS; n++) {
    const request = { name: `key ${n}`, scopes: ['inference' as const], expiresAt: null };
    keys.push((await app.get(ApiKeyService).create(TENANT, request)).key);
  }
  return keys;
}

/** ms of a check that has to ask the database, one at a time. */
export async function measureCold(app: INestApplicationContext, keys: readonly string[]): Promise<Spread> {
  const authenticator = app.get(ApiKeyAuthenticator);
  const times: number[] = [];
  for (const key of keys) {
    const startedAt = performance.now();
    const verdict = authenticator.authenticate(`Bearer ${key}`, undefined);
    if (!(verdict instanceof Promise)) throw new Error('a key was known already');
    await verdict;
    times.push(performance.now() - startedAt);
  }
  return spread(times);
}

/** µs of a check that finds the key in memory, over some keys in turn. */
export async function measureCached(app: INestApplicationContext, keys: readonly string[]): Promise<Spread> {
  const authenticator = app.get(ApiKeyAuthenticator);
  const headers = keys.slice(0, BUSY_KEYS).map((key) => `Bearer ${key}`);
  const times: number[] = [];
  for (let batch = 0; batch < 2 * BATCHES; batch++) {
    for (const header of headers) await authenticator.authenticate(header, undefined); // none grows too old meanwhile
    const startedAt = performance.now();
    for (let i = 0; i < BATCH; i++) {
      const verdict = authenticator.authenticate(headers[i % headers.length], undefined);
      if (verdict instanceof Promise) throw new Error('a key was not remembered');
    }
    times.push(((performance.now() - startedAt) * 1_000) / BATCH);
    await pause(PAUSE_MS);
  }
  return spread(times.slice(BATCHES));
}

/** ms of one check of a password, nothing beside it. */
export async function measureHash(app: INestApplicationContext): Promise<Spread> {
  const hasher = app.get(PasswordHasher);
  const stored = await hasher.hash('a password of the benchmark');
  const times: number[] = [];
  for (let n = 0; n < HASHES; n++) {
    const startedAt = performance.now();
    if (!(await hasher.verify(stored, 'a password of the benchmark'))) throw new Error('the password does not match');
    times.push(performance.now() - startedAt);
  }
  return spread(times);
}

function spread(times: readonly number[]): Spread {
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
