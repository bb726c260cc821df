const DAY = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
const HOUR = new Intl.DateTimeFormat('en', {
  ...{ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
  ...{ hourCycle: 'h23', timeZone: 'UTC' },
} as const);
/** Days and hours of usage are those of UTC, wherever who looks at them is. */
export const utcTick =
  (interval: 'minute' | 'hour' | 'day') =>
  (at: number): string =>
    (interval === 'day' ? DAY : HOUR).format(at);
