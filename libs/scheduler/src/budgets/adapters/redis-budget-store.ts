import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { CachedScript } from '@relay/database';
import { type BudgetSums, HOLD_MINUTES } from '../../domain/budgets/budget';
import type { BudgetAsk, BudgetStore, BudgetVerdict } from '../../ports/budget-store.port';

/**
 * An account is a hash: s spent, h<minute> held since then, in nanos. ARGV: amount, minutes that a hold lives; then for each account its limit,
 * what is known to be spent, seconds that it lives. Gives {place of the first without room or 0, minute}, then spent and held of each. Held in
 * all of them or in none. Sums stay below 2^53: Lua counts in doubles.
 */
const RESERVE = new CachedScript(`
local minute = math.floor(redis.call('TIME')[1] / 60)
local reply = { 0, minute }
for place, account in ipairs(KEYS) do
  local limit, stored, kept = ARGV[place * 3], ARGV[place * 3 + 1], ARGV[place * 3 + 2]
  local spent, held = 0, 0
  local all = redis.call('HGETALL', account)
  for i = 1, #all, 2 do
    if all[i] == 's' then spent = tonumber(all[i + 1])
    elseif tonumber(string.sub(all[i], 2)) < minute - tonumber(ARGV[2]) then redis.call('HDEL', account, all[i])
    else held = held + tonumber(all[i + 1]) end
  end
  if tonumber(stored) > spent then
    spent = tonumber(stored)
    redis.call('HSET', account, 's', stored)
  end
  redis.call('EXPIRE', account, kept)
  if reply[1] == 0 and spent + held + tonumber(ARGV[1]) > tonumber(limit) then reply[1] = place end
  reply[#reply + 1] = spent
  reply[#reply + 1] = held
end
if reply[1] == 0 then
  for place, account in ipairs(KEYS) do
    redis.call('HINCRBY', account, 'h' .. minute, ARGV[1])
    redis.call('EXPIRE', account, ARGV[place * 3 + 2])
  end
end
return reply`);

/** How long it is known that a hold was settled, s: who got no answer says it again, for a minute at most. */
const SETTLED_SECONDS = 120;

/**
 * KEYS: mark of the hold that is settled, accounts. ARGV: minute of the hold, its amount, what was spent, seconds that the mark lives; then
 * seconds that each account lives. The mark comes last: what fails is not undone, and must not pass for settled. Numbers are written with %.0f:
 * Lua's own way loses digits beyond the 14th.
 */
const SETTLE = new CachedScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then return end
local field = 'h' .. ARGV[1]
for place = 2, #KEYS do
  local left = tonumber(redis.call('HGET', KEYS[place], field) or 0) - tonumber(ARGV[2])
  if left > 0 then redis.call('HSET', KEYS[place], field, string.format('%.0f', left)) else redis.call('HDEL', KEYS[place], field) end
  redis.call('HINCRBY', KEYS[place], 's', ARGV[3])
  redis.call('EXPIRE', KEYS[place], ARGV[place + 3])
end
redis.call('SET', KEYS[1], 1, 'EX', ARGV[4])`);

const replySchema = z.tuple([z.number(), z.number()]).rest(z.number());

/** Accounts that all processes share. */
export class RedisBudgetStore implements BudgetStore {
  private readonly process = randomUUID();
  private holds = 0;

  constructor(
    private readonly redis: Redis,
    private readonly namespace: string,
  ) {}

  async reserve({ tenantId, accounts, amount }: BudgetAsk): Promise<BudgetVerdict> {
    const tag = this.tagOf(tenantId);
    const keys = accounts.map(({ name }) => `${tag}:${name}`);
    const terms = accounts.flatMap(({ limit, stored, keptSeconds }) => [limit, stored, keptSeconds]);
    const reply = await RESERVE.run(this.redis, keys, [amount, HOLD_MINUTES, ...terms]);
    const [short, minute, ...figures] = replySchema.parse(reply);
    const sums = accounts.map((_account, place): BudgetSums => {
      return { spent: figures[place * 2] ?? 0, held: figures[place * 2 + 1] ?? 0 };
    });
    if (short > 0) return { granted: false, short: short - 1, sums };
    const mark = `${tag}:settled:${this.process}:${this.holds++}`;
    const lives = accounts.map(({ keptSeconds }) => keptSeconds);
    const settle = async (cost: number): Promise<void> => {
      await SETTLE.run(this.redis, [mark, ...keys], [minute, amount, cost, SETTLED_SECONDS, ...lives]);
    };
    return { granted: true, entry: { settle }, sums };
  }

  async held(tenantId: string, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const since = Math.floor(Number((await this.redis.time())[0]) / 60) - HOLD_MINUTES;
    const accounts = await Promise.all(names.map((name) => this.redis.hgetall(`${this.tagOf(tenantId)}:${name}`)));
    const heldOf = (account: Record<string, string>): number =>
      Object.entries(account).reduce((sum, [field, amount]) => {
        return field.startsWith('h') && Number(field.slice(1)) >= since ? sum + Number(amount) : sum;
      }, 0);
    return new Map(names.map((name, place) => [name, heldOf(accounts[place] ?? {})]));
  }

  /** Writes as real calls do: a server that is out of memory, or read-only, still answers what only reads. */
  async ping(): Promise<void> {
    await this.redis.set(`{${this.namespace}:budget}:probe`, 1, 'PX', 1);
  }

  /** The braces are a Redis Cluster hash tag: one script sees all accounts of a tenant. */
  private tagOf(tenantId: string): string {
    return `{${this.namespace}:budget:${tenantId}}`;
  }
}
