/** Amounts of invoices and traces are compared as whole units of 1e-18 USD: nothing is rounded. */
export const USD_DECIMALS = 18;
const AMOUNT = /^(-)?\$?\s?(-)?((?:\d{1,3}(?:,\d{3})+|\d+)?)(?:\.(\d{0,18}))?$/;
const EXPONENT = /^-?\d(?:\.\d+)?[eE]-\d{1,2}$/;

/** `1234.5`, `1,234.50`, `$0.003`, `-2` (a credit), `1.5e-7`; null for what is no amount. */
export function parseUsd(text: string): bigint | null {
  const trimmed = text.trim();
  if (EXPONENT.test(trimmed)) return parsePower(trimmed);
  const [, minus, late, whole = '', fraction = ''] = AMOUNT.exec(trimmed) ?? [];
  if (whole === '' && fraction === '') return null;
  const units = BigInt(`${whole.replaceAll(',', '') || '0'}${fraction.padEnd(USD_DECIMALS, '0')}`);
  return minus === undefined && late === undefined ? units : -units;
}

/** As exports write small amounts; digits beyond the last decimal are cut. */
function parsePower(text: string): bigint {
  const [mantissa = '0', power = '0'] = text.toLowerCase().split('e-');
  const [whole = '0', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = `${'0'.repeat(Number(power))}${whole}${fraction}`;
  const units = BigInt(`${digits[0] ?? '0'}${digits.slice(1, USD_DECIMALS + 1).padEnd(USD_DECIMALS, '0')}`);
  return mantissa.startsWith('-') ? -units : units;
}

export function formatUsd(units: bigint): string {
  const [sign, size] = units < 0n ? ['-', -units] : ['', units];
  const digits = size.toString().padStart(USD_DECIMALS + 1, '0');
  return sign + `${digits.slice(0, -USD_DECIMALS)}.${digits.slice(-USD_DECIMALS)}`.replace(/\.?0+$/, '');
}
