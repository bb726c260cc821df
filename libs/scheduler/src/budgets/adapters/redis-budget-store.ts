import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { CachedScript } from '../../adapters/cached-script';
import { HOLD_MINUTES } from '../../domain/budgets/budget';
import type { BudgetAsk, BudgetStore, BudgetVerdict } from '../../ports/budget-store.port';

/** An account is of no use once its month is over and its last request has ended, s. */
const KEPT_SECONDS = 40 * 86_400;

/**
 * A tenant's month is a hash: s spent, h<minute> held since then, in nanos. ARGV: limit, known to be spent, amount, minutes that a hold
 * lives, seconds that the account lives. Gives {granted, minute, spent, held}. Sums stay below 2^53: Lua counts in doubles.
 */
const RESERVE = new CachedScript(`
local minute = math.floor(redis.call('TIME')[1] / 60)
local spent, held = 0, 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if all[i] == 's' then spent = tonumber(all[i + 1])
  elseif tonumber(string.sub(all[i], 2)) < minute - tonumber(ARGV[4]) then redis.call('HDEL', KEYS[1], all[i])
  else held = held + tonumber(all[i + 1]) end
end
if tonumber(ARGV[2]) > spent then
  spent = tonumber(ARGV[2])
  redis.call('HSET', KEYS[1], 's', ARGV[2])
end
local granted = spent + held + tonumber(ARGV[3]) <= tonumber(ARGV[1])
if granted then redis.call('HINCRBY', KEYS[1], 'h' .. minute, ARGV[3]) end
redis.call('EXPIRE', KEYS[1], ARGV[5])
return { granted and 1 or 0, minute, spent, held }`);

/** How long it is known that a hold was settled, s: who got no answer says it again, for a minute at most. */
const SETTLED_SECONDS = 120;

/**
 * KEYS: account, mark of the hold that is settled. ARGV: minute of the hold, its amount, what was spent, seconds that the account lives,
 * seconds that the mark lives.
 */
const SETTLE = new CachedScript(`
if not redis.call('SET', KEYS[2], 1, 'NX', 'EX', ARGV[5]) then return end
local field = 'h' .. ARGV[1]
local left = tonumber(redis.call('HGET', KEYS[1], field) or 0) - tonumber(ARGV[2])
if left > 0 then redis.call('HINCRBY', KEYS[1], field, '-' .. ARGV[2]) else redis.call('HDEL', KEYS[1], field) end
redis.call('HINCRBY', KEYS[1], 's', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])`);

const replySchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** Accounts that all processes share. */
export class RedisBudgetStore implements BudgetStore {
  private readonly process = randomUUID();
  private holds = 0;

  constructor(
    private readonly redis: Redis,
    private readonly namespace: string,
  ) {}

  async reserve({ tenantId, month, limit, stored, amount }: BudgetAsk): Promise<BudgetVerdict> {
    const tag = `{${this.namespace}:budget:${tenantId}}`; // the braces are a Redis Cluster hash tag
    const account = `${tag}:${month}`;
    const values = [limit, stored, amount, HOLD_MINUTES, KEPT_SECONDS];
    const [granted, minute, spent, held] = replySchema.parse(await RESERVE.run(this.redis, [account], values));
    const sums = { spent, held };
    if (granted !== 1) return { granted: false, sums };
    const mark = `${tag}:settled:${this.process}:${this.holds++}`;
    const settle = async (cost: number): Promise<void> => {
      await SETTLE.run(this.redis, [account, mark], [minute, amount, cost, KEPT_SECONDS, SETTLED_SECONDS]);
    };
    return { granted: true, entry: { settle }, sums };
  }

  /** Writes as real calls do: a server that is out of memory, or read-only, still answers what only reads. */
  async ping(): Promise<void> {
    await this.redis.set(`{${this.namespace}:budget}:probe`, 1, 'PX', 1);
  }
}
