/**
 * Settles the claim of one process for one pool: `settleClaim` and `shareOut` once more, in Lua, where all processes meet.
 *
 * KEYS[1]: a hash: process id -> "granted kept needed wanted limit expiresAt", and "!" -> "bornAt expected". Times: ms of the server.
 * ARGV: process id, lease ms, most holders, limit, kept, needed, wanted, processes known to the claimant.
 * Returns granted, share, processes, rank, limit, short, called.
 */
export const SETTLE_SLOTS = `
local key, me, lease_ms, most = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local TURN_MS = 2000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function numbers(text)
  local found = {}
  for word in string.gmatch(text, '%S+') do found[#found + 1] = tonumber(word) end
  return found
end

local born, expected, held, ids = now, 0, {}, {}
local stored = redis.call('HGETALL', key)
for i = 1, #stored, 2 do
  local id, n = stored[i], numbers(stored[i + 1])
  if id == '!' then
    born, expected = n[1], n[2]
  elseif n[6] > now then
    held[id] = { granted = n[1], kept = n[2], needed = n[3], wanted = n[4], limit = n[5] }
    ids[#ids + 1] = id
  else
    redis.call('HDEL', key, id)
  end
end
if #ids == 0 then born, expected = now, 0 end
local young = now - born < lease_ms
if not held[me] then
  if #ids >= most then return { 0, 0, #ids, most, 0, 0, 0 } end
  held[me] = { granted = 0 }
  ids[#ids + 1] = me
  if young then expected = math.max(expected, tonumber(ARGV[8])) end
end
local mine = held[me]
mine.limit, mine.kept, mine.needed, mine.wanted =
  tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
table.sort(ids)
local count = #ids
local amnesia = young and count < expected

local limit, needy, rank, shares, needed, wanted, anything = mine.limit, 0, 0, {}, {}, {}, {}
for i, id in ipairs(ids) do
  local one = held[id]
  limit = math.min(limit, one.limit)
  if one.needed > 0 then needy = needy + 1 end
  if id == me then rank = i end
  shares[i], needed[i], wanted[i], anything[i] = 0, one.needed, one.wanted, math.huge
end
local function level_of(asks, left)
  local low, high = 0, 0
  for i = 1, count do high = math.max(high, shares[i]) end
  high = high + left
  while low < high do
    local level, cost = math.ceil((low + high) / 2), 0
    for i = 1, count do cost = cost + math.max(0, math.min(asks[i], level) - shares[i]) end
    if cost <= left then low = level else high = level - 1 end
  end
  return low
end
local function raise(asks, left, turn)
  local level, following = level_of(asks, left), {}
  for i = 1, count do
    local raised = math.max(shares[i], math.min(asks[i], level))
    left = left - raised + shares[i]
    shares[i] = raised
    local place = turn and (i - 1 - turn) % count or -asks[i]
    if raised == level and asks[i] > level then following[#following + 1] = { i = i, place = place } end
  end
  table.sort(following, function(a, b)
    if a.place ~= b.place then return a.place < b.place end
    return a.i < b.i
  end)
  for _, one in ipairs(following) do
    if left == 0 then break end
    shares[one.i], left = level + 1, left - 1
  end
  return left
end
local spare = raise(needed, limit, needy > limit and math.floor(now / TURN_MS) % count)
raise(anything, raise(wanted, spare, false), false)

local others, others_lack = 0, false
for _, id in ipairs(ids) do
  local one = held[id]
  if id ~= me then
    others = others + math.max(one.granted, one.kept)
    if one.granted < one.needed then others_lack = true end
  end
end
local share, free = shares[rank], math.max(0, limit - others)
local granted = math.min(mine.kept, amnesia and free or mine.granted)
if not amnesia then granted = math.max(granted, math.min(share, free)) end
local short = granted < mine.needed
local called = others_lack or others + math.max(granted, mine.kept) > limit

redis.call('HSET', key, '!', born .. ' ' .. expected, me,
  table.concat({ granted, mine.kept, mine.needed, mine.wanted, mine.limit, now + lease_ms }, ' '))
redis.call('PEXPIRE', key, lease_ms)
return { granted, share, count, rank - 1, limit, short and 1 or 0, called and 1 or 0 }
`;

/** KEYS[1]: as above; ARGV[1]: the process that gives its slots back. */
export const LEAVE_SLOTS = `
if redis.call('HDEL', KEYS[1], ARGV[1]) == 1 then
  local born, expected = string.match(redis.call('HGET', KEYS[1], '!'), '(%S+) (%S+)')
  redis.call('HSET', KEYS[1], '!', born .. ' ' .. expected - 1)
end
if redis.call('HLEN', KEYS[1]) <= 1 then redis.call('DEL', KEYS[1]) end
return 0
`;
