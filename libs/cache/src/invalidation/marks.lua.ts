/**
 * Takes the next epoch, stores the mark, tells all processes. Never goes back: above the last one, above what the caller knows
 * (Redis may have lost its data) and above Redis's own clock (so may everybody else).
 *
 *     KEYS[1] hash: 'epoch' -> the newest; labels as a JSON list -> epoch of the mark
 *     ARGV    labels as a JSON list | epoch that the caller knows | channel | most marks
 */
export const TAKE_EPOCH = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = tonumber(redis.call('HGET', KEYS[1], 'epoch') or 0) or 0
local epoch = math.max(last, math.floor(tonumber(ARGV[2])), now) + 1
local text = string.format('%.0f', epoch)
redis.call('HSET', KEYS[1], 'epoch', text, ARGV[1], text)

if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[4]) + 1 then
  local flat = redis.call('HGETALL', KEYS[1])
  local marks = {}
  for i = 1, #flat, 2 do
    if flat[i] ~= 'epoch' then marks[#marks + 1] = { flat[i], tonumber(flat[i + 1]) or 0 } end
  end
  table.sort(marks, function(a, b) return a[2] < b[2] end)
  local half = math.floor(#marks / 2)
  for i = 1, half do redis.call('HDEL', KEYS[1], marks[i][1]) end
  redis.call('HSETNX', KEYS[1], '[]', string.format('%.0f', marks[half][2]))
end

redis.call('PUBLISH', ARGV[3], text .. ' ' .. ARGV[1])
return epoch
`;
