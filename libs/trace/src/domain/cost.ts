import type { TokenPrice, TokenUsage } from './token-price';
import { PRICE_DECIMALS, type UnitRates, unitRatesFor } from './unit-rates';

/** Decimals of an amount: the scale of the database column. */
const USD_DECIMALS = 12;
const UNITS_PER_STEP = 10n ** BigInt(PRICE_DECIMALS + 6 - USD_DECIMALS);

export interface CostTerms {
  /** The call was one of a batch of the provider's own. */
  readonly batch?: boolean;
}

/**
 * What an answer costs, USD as a decimal string without trailing zeros, rounded half up at the 12th decimal; `null` if unknown.
 * What is no number of tokens, such as a negative one, counts as none: what an upstream tells does not fail the request.
 */
export function costUsd(
  usage: TokenUsage,
  price: TokenPrice | null | undefined,
  { batch = false }: CostTerms = {},
): string | null {
  if (!price || (usage.inputTokens === null && usage.outputTokens === null)) return null;
  const input = counted(usage.inputTokens);
  const rates = unitRatesFor(input, batch ? (price.batch ?? price) : price);
  const units =
    unitsOf(usage, input, rates.ofInput, rates.input) +
    unitsOf(usage, counted(usage.outputTokens), rates.ofOutput, rates.output);
  return formatUsd((units + UNITS_PER_STEP / 2n) / UNITS_PER_STEP);
}

/** The sum of the amounts that are known; `null` if none is. Amounts are as `costUsd` gives them. */
export function sumUsd(amounts: readonly (string | null)[]): string | null {
  let steps: bigint | null = null;
  for (const amount of amounts) {
    if (amount === null) continue;
    const [whole = '0', fraction = ''] = amount.split('.');
    steps = (steps ?? 0n) + BigInt(whole + fraction.padEnd(USD_DECIMALS, '0'));
  }
  return steps === null ? null : formatUsd(steps);
}

/** A part that is more than its whole has left is cut: nothing is charged twice. */
function unitsOf(usage: TokenUsage, whole: number, parts: UnitRates['ofInput'], unit: bigint): bigint {
  let left = whole;
  let units = 0n;
  for (const part of parts) {
    const told = part.tokensOf(usage);
    if (!(told > 0)) continue; // as most are
    const tokens = Math.min(counted(told), left);
    units += BigInt(tokens) * part.unit;
    left -= tokens;
  }
  return left === 0 ? units : units + BigInt(left) * unit;
}

const counted = (tokens: number | null): number => (Number.isFinite(tokens) ? Math.max(0, Math.floor(tokens ?? 0)) : 0);

function formatUsd(steps: bigint): string {
  const digits = steps.toString().padStart(USD_DECIMALS + 1, '0');
  const point = digits.length - USD_DECIMALS;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end--;
  const whole = digits.slice(0, point);
  return end === point ? whole : `${whole}.${digits.slice(point, end)}`;
}

const ZERO = 0x30;

/** A decimal string without the zeros that say nothing: `0.500000` is `0.5`, `2.000` is `2`. */
export function trimDecimal(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
