/**
 * Takes the next epoch, stores the mark, tells all processes. Never goes back: above the last one, above what the caller knows
 * (Redis may have lost its data) and above Redis's own clock (so may everybody else). Too many marks are merged as `condenseMarks` does it.
 *
 *     KEYS[1] hash: 'epoch' -> the newest; labels as a JSON list -> epoch of the mark
 *     ARGV    labels as a JSON list | epoch that the caller knows | channel | most marks | how many are left of more | ms after which a mark is old
 */
export const TAKE_EPOCH = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = tonumber(redis.call('HGET', KEYS[1], 'epoch') or 0) or 0
local epoch = math.max(last, math.floor(tonumber(ARGV[2])), now) + 1
local text = string.format('%.0f', epoch)
redis.call('HSET', KEYS[1], 'epoch', text, ARGV[1], text)

local function ownerOf(field)
  local ok, labels = pcall(cjson.decode, field)
  local owner = nil
  if not ok or type(labels) ~= 'table' then return owner end
  for _, label in ipairs(labels) do
    if type(label) == 'string' and string.sub(label, 1, 7) == 'tenant:' then return label end
    if type(label) == 'string' and string.sub(label, 1, 6) == 'owner:' then owner = label end
  end
  return owner
end

local function byAge(a, b) return a.epoch < b.epoch end

local function size() return redis.call('HLEN', KEYS[1]) - 1 end

-- The first so many of a list, oldest first, become one mark.
local function merge(field, marks, many)
  for i = 1, many do redis.call('HDEL', KEYS[1], marks[i].field) end
  local known = tonumber(redis.call('HGET', KEYS[1], field) or 0) or 0
  redis.call('HSET', KEYS[1], field, string.format('%.0f', math.max(known, marks[many].epoch)))
end

local function readMarks()
  local flat = redis.call('HGETALL', KEYS[1])
  local marks = {}
  for i = 1, #flat, 2 do
    if flat[i] ~= 'epoch' then marks[#marks + 1] = { field = flat[i], epoch = tonumber(flat[i + 1]) or 0 } end
  end
  table.sort(marks, byAge)
  return marks
end

if size() > tonumber(ARGV[4]) then
  local most = tonumber(ARGV[5])
  local old, groups, named = {}, {}, {}
  for _, mark in ipairs(readMarks()) do
    if mark.epoch <= epoch - tonumber(ARGV[6]) then
      old[#old + 1] = mark
    else
      local owner = ownerOf(mark.field)
      if owner and not named[owner] then
        named[owner] = { owner = owner, marks = {} }
        groups[#groups + 1] = named[owner]
      end
      if owner then table.insert(named[owner].marks, mark) end
    end
  end
  if #old > 0 then merge('[]', old, #old) end
  table.sort(groups, function(a, b) return #a.marks > #b.marks end)
  for _, group in ipairs(groups) do
    local excess = size() - most
    if excess <= 0 or #group.marks < 2 then break end
    merge(cjson.encode({ group.owner }), group.marks, math.min(#group.marks, excess + 1))
  end
  if size() > most then
    local marks = readMarks()
    merge('[]', marks, math.floor(#marks / 2))
  end
end

redis.call('PUBLISH', ARGV[3], text .. ' ' .. ARGV[1])
return epoch
`;

/**
 * Marks that Redis has lost, which a process still knows: stored unless there is a newer one, and all processes told, as one that was cut
 * off may never have heard of them. The next mark that is taken merges what is too many.
 *
 *     KEYS[1] as above
 *     ARGV    channel | newest epoch that the caller knows | labels as a JSON list | epoch | labels | epoch ...
 */
export const RESTORE_MARKS = `
local newest = tonumber(redis.call('HGET', KEYS[1], 'epoch') or 0) or 0
for i = 3, #ARGV, 2 do
  local known = tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or 0) or 0
  if tonumber(ARGV[i + 1]) > known then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    redis.call('PUBLISH', ARGV[1], ARGV[i + 1] .. ' ' .. ARGV[i])
  end
end
if tonumber(ARGV[2]) > newest then redis.call('HSET', KEYS[1], 'epoch', ARGV[2]) end
`;
