// How an upstream misbehaves, on command: a word in the last message, or the model that is asked for.
import { setTimeout as after } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

export const LONG = 'x'.repeat(1_048_576);
const BOMB_BYTES = 268_435_456;
const DRIP_MS = 50;
/** Of a line, and of a frame: LF, CR LF and CR may be mixed (WHATWG HTML, 9.2.6). */
const LINE_ENDS = ['\n', '\r\n', '\r'];
const FRAME_ENDS = ['\n\n', '\r\n\r\n', '\r\r', '\n\r\n', '\r\n\n', '\n\r', '\r\n\r', '\r\r\n'];
const bomb = () => (bomb.bytes ??= gzipSync(Buffer.alloc(BOMB_BYTES)));

/** Each form of being told to wait for a second. */
export const WAITS = {
  seconds: () => ({ 'retry-after': '1' }),
  date: () => ({ 'retry-after': new Date(Date.now() + 2_000).toUTCString() }),
  milliseconds: () => ({ 'retry-after-ms': '900' }),
  reset: () => ({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1s' }),
};

/** Models that misbehave, each of a provider of its own: one that is out of service touches no other. */
export const FAULTS = {
  mixed: ({ kit, frames }) => kit.sseReply(frames().map(mixed)),
  long: ({ kit, frames }) => kit.sseReply(frames().map((frame) => frame.replace('👋', LONG))),
  cut: ({ kit, frames }) => kit.sseReply([...frames().slice(0, 3), 'CUT']),
  stall: ({ kit, frames }) => kit.sseReply([...frames().slice(0, 5), 'STALL']),
  failing: ({ kit, frames, protocol }) => kit.sseReply([...frames().slice(0, 5), errorEvent(protocol)]),
  html: ({ kit }) => kit.htmlReply(200),
  bomb: ({ kit }) => kit.rawReply(bomb(), 'application/json', { headers: { 'content-encoding': 'gzip' } }),
  drip: ({ kit }) => kit.steps(dripping(kit), { headers: { 'content-type': 'application/json' } }),
  ...Object.fromEntries(Object.entries(WAITS).map(([form, headers]) => [form, onceLimited(form, headers)])),
};

/** Null: it is to be answered. */
export function faultOf(kit, { protocol, model, asked, frames }) {
  if (asked.text.includes('please refuse')) return kit.errorReply(400, 'The prompt is refused.');
  if (asked.text.includes('please cut')) return FAULTS.cut({ kit, frames, protocol });
  return FAULTS[model]?.({ kit, frames, protocol }) ?? null;
}

const limited = new Set();
/** The first request is refused, and all after it are answered. */
function onceLimited(form, headers) {
  return ({ kit }) => {
    if (limited.has(form)) return null;
    limited.add(form);
    return kit.errorReply(429, 'Slow down.', headers());
  };
}

function mixed(frame, i) {
  return (
    frame
      .trimEnd()
      .split('\n')
      .join(LINE_ENDS[i % LINE_ENDS.length]) + FRAME_ENDS[i % FRAME_ENDS.length]
  );
}

function errorEvent(protocol) {
  const error = { type: 'server_error', code: 'server_error', message: 'It broke.', param: null };
  if (protocol === 'chat') return `data: ${JSON.stringify({ error })}\n\n`;
  if (protocol === 'responses') return `event: error\ndata: ${JSON.stringify({ ...error, type: 'error', sequence_number: 5 })}\n\n`; // prettier-ignore
  return `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'It broke.' } })}\n\n`; // prettier-ignore
}

/** A byte now and then, which no time-out of a silence notices. */
function dripping(kit) {
  const gates = Array.from({ length: 400 }, () => new kit.Gate());
  void (async () => {
    for (const gate of gates) {
      await after(DRIP_MS, undefined, { ref: false });
      gate.open();
    }
  })();
  return ['{', ...gates.flatMap((gate) => [gate, ' '])];
}
