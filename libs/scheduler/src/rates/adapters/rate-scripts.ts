import { CachedScript } from '../../adapters/cached-script';

/**
 * A scope is a hash: r<bucket> requests, t<bucket> tokens, buckets on the server's clock. One call reads all scopes of a request and
 * counts it in all of them or in none.
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
local cost = { r = tonumber(ARGV[4]), t = tonumber(ARGV[5]) }
local kinds = { 'r', 't' }

local function forgotten(b) return (b + span + 1) * width - now end

local function read(key)
  local window = { r = { used = 0, last = -1, at = {} }, t = { used = 0, last = -1, at = {} } }
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local kind, b, n = window[string.sub(all[i], 1, 1)], tonumber(string.sub(all[i], 2)), tonumber(all[i + 1])
    if b < bucket - span or b > bucket + span then redis.call('HDEL', key, all[i])
    elseif n > 0 then
      kind.used = kind.used + n
      kind.at[#kind.at + 1] = { b, n }
      if b > kind.last then kind.last = b end
    end
  end
  return window
end

local function wait(kind, excess)
  table.sort(kind.at, function(a, b) return a[1] < b[1] end)
  local freed = 0
  for _, entry in ipairs(kind.at) do
    freed = freed + entry[2]
    if freed >= excess then return forgotten(entry[1]) end
  end
  return (span + 1) * width
end

local windows, limits, scope, what, longest = {}, {}, 0, 0, 0
for i, key in ipairs(KEYS) do
  windows[i] = read(key)
  limits[i] = { r = tonumber(ARGV[4 + 2 * i]), t = tonumber(ARGV[5 + 2 * i]) }
  for j, kind in ipairs(kinds) do
    local limit, window = limits[i][kind], windows[i][kind]
    local excess = window.used + cost[kind] - limit
    if limit >= 0 and excess > 0 then
      local ms = wait(window, excess)
      if ms > longest then scope, what, longest = i, j, ms end
    end
  end
end

local reply = { scope == 0 and 1 or 0, bucket, redis.call('PUBSUB', 'NUMSUB', ARGV[3])[2], scope, what, longest }
for i, key in ipairs(KEYS) do
  for _, kind in ipairs(kinds) do
    local window = windows[i][kind]
    if scope == 0 and limits[i][kind] >= 0 and cost[kind] > 0 then
      redis.call('HINCRBY', key, kind .. bucket, cost[kind])
      window.used = window.used + cost[kind]
      if bucket > window.last then window.last = bucket end
    end
    reply[#reply + 1] = window.used
    reply[#reply + 1] = window.last < 0 and 0 or forgotten(window.last)
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
for i, key in ipairs(KEYS) do
  for j, kind in ipairs({ 'r', 't' }) do
    local by = tonumber(ARGV[3 + j])
    if ARGV[3 + 2 * i + j] == '1' and by ~= 0 then
      if by > 0 then
        redis.call('HINCRBY', key, kind .. bucket, by)
        redis.call('PEXPIRE', key, (span + 2) * width)
      else
        local counted = tonumber(redis.call('HGET', key, kind .. past) or 0)
        if counted > 0 then redis.call('HINCRBY', key, kind .. past, math.max(by, -counted)) end
      end
    end
  end
end`);
