import type { Redis } from 'ioredis';
import { z } from 'zod';
import { channelOfAll } from '../../adapters/bus-channel';
import { RATE_KINDS, type RateCost, type RateScope, type RateStanding, roomOf } from '../../domain/rates/rates';
import { BUCKET_MS, SPAN } from '../../domain/rates/sliding-window';
import type { RateStore, RateVerdict } from '../../ports/rate-store.port';
import { CORRECT, RESERVE } from './rate-scripts';

const HEAD = 6; // numbers before those of the scopes
const PER_SCOPE = 4;
const NO_LIMIT = -1;
const replySchema = z.array(z.number()).min(HEAD);

/**
 * Windows that all processes share, on the server's clock. One hash tag for all of them: the scopes of a request have to be on one
 * node to be counted together, and a key may work for several tenants.
 */
export class RedisRateStore implements RateStore {
  /** Processes that listen on the relay's channel, as of the last reservation. */
  processes = 1;

  constructor(
    private readonly redis: Redis,
    private readonly namespace: string,
  ) {}

  async reserve(scopes: readonly RateScope[], cost: RateCost): Promise<RateVerdict> {
    const limits = scopes.flatMap((scope) => RATE_KINDS.map((kind) => scope.limits[kind] ?? NO_LIMIT));
    const values = [BUCKET_MS, SPAN, channelOfAll(this.redis, this.namespace), cost.requests, cost.tokens, ...limits];
    const reply = replySchema.parse(await RESERVE.run(this.redis, this.keysOf(scopes), values));
    const [granted, bucket = 0, processes = 1, at = 0, kindAt = 0, waitMs = 0] = reply;
    this.processes = Math.max(1, processes);
    const standings = scopes.map((scope, i) => standing(scope, reply, HEAD + i * PER_SCOPE));
    if (granted === 1) {
      return { granted: true, entry: { correct: (by) => this.correct(scopes, bucket, by) }, standings };
    }
    const scope = scopes[at - 1];
    const kind = RATE_KINDS[kindAt - 1];
    const limit = kind && scope?.limits[kind];
    if (!scope || !kind || limit === undefined)
      throw new Error('Redis refused a request for a limit that was not asked');
    return { granted: false, refusal: { scope, kind, limit, asked: cost[kind], waitMs, standings } };
  }

  private async correct(scopes: readonly RateScope[], bucket: number, by: RateCost): Promise<void> {
    const counts = scopes.flatMap((scope) => RATE_KINDS.map((kind) => (scope.limits[kind] === undefined ? 0 : 1)));
    await CORRECT.run(this.redis, this.keysOf(scopes), [BUCKET_MS, SPAN, bucket, by.requests, by.tokens, ...counts]);
  }

  /** Writes as real calls do: a server that is out of memory, or read-only, still answers what only reads. */
  async ping(): Promise<void> {
    await this.redis.set(`{${this.namespace}:rates}:probe`, 1, 'PX', 1);
  }

  private keysOf(scopes: readonly RateScope[]): string[] {
    return scopes.map(({ kind, id }) => `{${this.namespace}:rates}:${kind}:${id}`);
  }
}

function standing({ limits }: RateScope, reply: readonly number[], at: number): RateStanding {
  return {
    requests: roomOf(limits.requests, reply[at] ?? 0, reply[at + 1] ?? 0),
    tokens: roomOf(limits.tokens, reply[at + 2] ?? 0, reply[at + 3] ?? 0),
  };
}
