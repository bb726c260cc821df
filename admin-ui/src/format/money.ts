/** Decimal places that sums are kept to; the API has at most twelve. */
const PLACES = 12;
const ONE = 10n ** BigInt(PLACES);

const LARGE = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const SMALL = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumSignificantDigits: 3,
});

/** USD as the API has it, a decimal string: `$612.40`, `$0.0132`, `$0.0000538`. No float is in between. */
export function formatUsd(usd: string | null | undefined): string {
  if (usd == null) return '–';
  const amount = parseUsd(usd);
  if (amount === 0n) return '$0';
  const size = amount < 0n ? -amount : amount;
  const text = (size >= ONE ? LARGE : SMALL).format(usd as `${number}`);
  return text.replace(/\.\d$/, '$&0'); // cents have two digits
}

/** Adds decimal strings exactly. */
export function sumUsd(values: readonly (string | null | undefined)[]): string {
  return printUsd(values.reduce((sum, value) => sum + (value == null ? 0n : parseUsd(value)), 0n));
}

export function compareUsd(a: string, b: string): number {
  const [left, right] = [parseUsd(a), parseUsd(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function parseUsd(text: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return 0n;
  const amount = BigInt(whole) * ONE + BigInt(fraction.slice(0, PLACES).padEnd(PLACES, '0'));
  return sign === '-' ? -amount : amount;
}

function printUsd(amount: bigint): string {
  const size = amount < 0n ? -amount : amount;
  const fraction = String(size % ONE)
    .padStart(PLACES, '0')
    .replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${size / ONE}${fraction ? `.${fraction}` : ''}`;
}
