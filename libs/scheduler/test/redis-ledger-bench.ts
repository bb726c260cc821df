import type { Redis } from 'ioredis';
import { RedisSlotLedger } from '../src/adapters/redis-slot-ledger';
import { CONTRACT_LEASE_MS } from './ledger-user';
import type { SlotLedgerBench } from './slot-ledger.contract';

/** The server's clock cannot be moved, so what it wrote down is moved into the past. */
const MAKE_OLDER = `
local ms = tonumber(ARGV[1])
for _, key in ipairs(KEYS) do
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local born, expected = string.match(all[i + 1], '^(%d+) (-?%d+)$')
    local rest, expires = string.match(all[i + 1], '^(.* )(%d+)$')
    local text = all[i] == '!' and (born - ms) .. ' ' .. expected or rest .. (expires - ms)
    redis.call('HSET', key, all[i], text)
  end
  redis.call('PEXPIRE', key, redis.call('PTTL', key) - ms)
end`;

export function redisLedgerBench(redis: Redis, namespace: string): SlotLedgerBench {
  const keys = () => redis.keys(`{${namespace}:*:slots`);
  return {
    ledger: (id) => new RedisSlotLedger(id, redis, namespace, CONTRACT_LEASE_MS),
    pass: async (ms) => {
      const found = await keys();
      await redis.eval(MAKE_OLDER, found.length, ...found, ms);
    },
    forget: async () => {
      const found = await keys();
      if (found.length > 0) await redis.del(...found);
    },
  };
}
