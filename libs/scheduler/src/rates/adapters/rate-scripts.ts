import { CachedScript } from '@relay/database';

/**
 * A scope is a hash, buckets on the server's clock: r<bucket> requests, t<bucket> tokens; r, t their sums; rl, tl the latest bucket of
 * each; from: the first bucket that the sums hold. A call takes out of the sums what is forgotten since the last one, so its cost does not
 * depend on how much happened; only a refusal reads all buckets, to say when there will be room. One call reads all scopes of a request
 * and counts it in all of them or in none.
 *
 * ARGV: bucket in ms, span in buckets, channel that every process listens to, requests, tokens; then for each scope its limits of
 * requests and tokens (-1: none).
 * Gives {granted, bucket, processes, scope that refuses, kind, wait in ms, then for each scope: requests and ms to reset, tokens and ms}.
 */
export const RESERVE = new CachedScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local width, span = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = math.floor(now / width)
local first = bucket - span
local cost = { r = tonumber(ARGV[4]), t = tonumber(ARGV[5]) }
local kinds = { 'r', 't' }

local function free_in(b) return (b + span + 1) * width - now end

local function read(key)
  local state = redis.call('HMGET', key, 'from', 'r', 't', 'rl', 'tl')
  local from = tonumber(state[1] or bucket)
  if from > bucket or from < first - 2 * span then -- the clock was set
    redis.call('DEL', key)
    return { from = bucket, r = 0, t = 0 }
  end
  local window = { from = from, r = tonumber(state[2] or 0), t = tonumber(state[3] or 0), rl = state[4], tl = state[5] }
  for b = from, first - 1 do
    local old = redis.call('HMGET', key, 'r' .. b, 't' .. b)
    if old[1] or old[2] then
      window.r = window.r - (old[1] or 0)
      window.t = window.t - (old[2] or 0)
      redis.call('HDEL', key, 'r' .. b, 't' .. b)
    end
  end
  if from < first then
    window.from = first
    redis.call('HSET', key, 'from', first, 'r', window.r, 't', window.t)
  end
  return window
end

local function wait(key, kind, excess)
  local names = {}
  for b = first, bucket do names[#names + 1] = kind .. b end
  local freed = 0
  for i, n in ipairs(redis.call('HMGET', key, unpack(names))) do
    freed = freed + (n or 0)
    if freed >= excess then return free_in(first + i - 1) end
  end
  return free_in(bucket)
end

local windows, limits, scope, what, longest = {}, {}, 0, 0, 0
for i, key in ipairs(KEYS) do
  windows[i] = read(key)
  limits[i] = { r = tonumber(ARGV[4 + 2 * i]), t = tonumber(ARGV[5 + 2 * i]) }
  for j, kind in ipairs(kinds) do
    local limit = limits[i][kind]
    local excess = windows[i][kind] + cost[kind] - limit
    if limit >= 0 and excess > 0 then
      local ms = wait(key, kind, excess)
      if ms > longest then scope, what, longest = i, j, ms end
    end
  end
end

local reply = { scope == 0 and 1 or 0, bucket, redis.call('PUBSUB', 'NUMSUB', ARGV[3])[2], scope, what, longest }
for i, key in ipairs(KEYS) do
  local window = windows[i]
  for _, kind in ipairs(kinds) do
    if scope == 0 and limits[i][kind] >= 0 and cost[kind] > 0 then
      window[kind] = window[kind] + cost[kind]
      window[kind .. 'l'] = bucket
      redis.call('HINCRBY', key, kind .. bucket, cost[kind])
      redis.call('HSET', key, 'from', window.from, kind, window[kind], kind .. 'l', bucket)
    end
    reply[#reply + 1] = window[kind]
    reply[#reply + 1] = window[kind] > 0 and free_in(tonumber(window[kind .. 'l'] or bucket)) or 0
  end
  if scope == 0 then redis.call('PEXPIRE', key, (span + 2) * width) end
end
return reply`);

/** ARGV: bucket in ms, span, bucket of the reservation, requests and tokens to add; then for each scope which of them it counts (0, 1). */
export const CORRECT = new CachedScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local width, span, past = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local bucket = math.floor(now / width)

local function add(key, kind, b, by)
  redis.call('HINCRBY', key, kind .. b, by)
  redis.call('HINCRBY', key, kind, by)
end

for i, key in ipairs(KEYS) do
  for j, kind in ipairs({ 'r', 't' }) do
    local by = tonumber(ARGV[3 + j])
    if ARGV[3 + 2 * i + j] == '1' and by > 0 then
      redis.call('HSETNX', key, 'from', bucket)
      add(key, kind, bucket, by)
      redis.call('HSET', key, kind .. 'l', bucket)
      redis.call('PEXPIRE', key, (span + 2) * width)
    elseif ARGV[3 + 2 * i + j] == '1' and by < 0 then
      local counted = tonumber(redis.call('HGET', key, kind .. past) or 0)
      if counted > 0 then add(key, kind, past, math.max(by, -counted)) end
    end
  end
end`);
