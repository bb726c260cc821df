/** Amounts are compared as whole units of 1e-12 USD, the scale of the database's: nothing is rounded. */
const UNIT_DIGITS = 12;

/** Of a decimal without an exponent; digits beyond the twelfth are cut. */
export function unitsOf(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.');
  return BigInt(whole + fraction.slice(0, UNIT_DIGITS).padEnd(UNIT_DIGITS, '0'));
}

/** Without zeros that say nothing. */
export function usdOf(units: bigint): string {
  const digits = units.toString().padStart(UNIT_DIGITS + 1, '0');
  return `${digits.slice(0, -UNIT_DIGITS)}.${digits.slice(-UNIT_DIGITS)}`.replace(/\.?0+$/, '');
}
