const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const DECIMAL = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** `12,345`. */
export const formatCount = (value: number | null | undefined): string => (value == null ? '–' : WHOLE.format(value));

/** `472`, `4.1K` as `4.1k`, `1.2M`: tokens and axis labels. */
export const formatCompact = (value: number | null | undefined): string =>
  value == null ? '–' : COMPACT.format(value).replace('K', 'k');

/** Three figures that count: `0.788`, `41.2`. */
export const formatDecimal = (value: number | null | undefined): string =>
  value == null ? '–' : DECIMAL.format(value);

/** A share from 0 to 1: `1.14 %`, `27 %`. */
export function formatShare(share: number | null | undefined): string {
  if (share == null || !Number.isFinite(share)) return '–';
  const percent = share * 100;
  const size = Math.abs(percent);
  return `${size !== 0 && size < 10 ? percent.toFixed(size < 1 ? 2 : 1) : Math.round(percent)} %`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `733 B`, `1.2 MB`, by thousands. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1_000 && unit < UNITS.length - 1) [value, unit] = [value / 1_000, unit + 1];
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
