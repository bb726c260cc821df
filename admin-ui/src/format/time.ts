const TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DATE = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const DAY_MS = 86_400_000;

/** Of a list: the clock within a day, the date beyond. */
export function formatTime(iso: string, now: number = Date.now()): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return '–';
  return (Math.abs(now - at) < DAY_MS ? TIME : DATE).format(at);
}

/** For hovering: without a doubt about the zone. */
export function formatUtc(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : `${at.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

const STEPS = [
  [60_000, 1_000, 's'],
  [3_600_000, 60_000, 'min'],
  [DAY_MS, 3_600_000, 'h'],
  [30 * DAY_MS, DAY_MS, 'd'],
] as const;

/** `now`, `12 s ago`, `in 3 h`, and a date beyond 30 days. */
export function formatAgo(iso: string, now: number = Date.now()): string {
  const age = now - Date.parse(iso);
  if (Number.isNaN(age)) return '–';
  const size = Math.abs(age);
  if (size < 1_000) return 'now';
  const step = STEPS.find(([below]) => size < below);
  if (!step) return new Date(iso).toISOString().slice(0, 10);
  const text = `${Math.floor(size / step[1])} ${step[2]}`;
  return age < 0 ? `in ${text}` : `${text} ago`;
}

/** Labels of an axis, by how long it is. */
export function formatTick(at: number, spanMs: number): string {
  if (spanMs > 2 * DAY_MS) return new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' }).format(at);
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat(undefined, spanMs < 300_000 ? { ...clock, second: '2-digit' } : clock).format(at);
}
