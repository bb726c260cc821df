/** Tokens of one answer; cached ones are part of the input. */
export interface TokenUsage {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
}

/** USD per million tokens. */
export interface TokenPrice {
  readonly inputPerMTok: number;
  readonly cachedInputPerMTok?: number | undefined;
  readonly outputPerMTok: number;
}

/** Prices are held as whole units of 1e-18 USD a token, so a price may have 12 decimals per million tokens. */
const PRICE_DECIMALS = 12;
/** Decimals of an amount: the scale of the database column. */
const USD_DECIMALS = 12;
const UNITS_PER_STEP = 10n ** BigInt(PRICE_DECIMALS + 6 - USD_DECIMALS);

interface UnitPrice {
  readonly input: bigint;
  readonly cachedInput: bigint;
  readonly output: bigint;
}

const unitPrices = new WeakMap<TokenPrice, UnitPrice>();

/** What an answer costs, USD as a decimal string without trailing zeros, rounded half up at the 12th decimal; `null` if unknown. */
export function costUsd(usage: TokenUsage, price: TokenPrice | null | undefined): string | null {
  if (!price || (usage.inputTokens === null && usage.outputTokens === null)) return null;
  const unit = unitPriceOf(price);
  const input = usage.inputTokens ?? 0;
  const cached = Math.min(usage.cachedInputTokens ?? 0, input);
  const units =
    BigInt(input - cached) * unit.input +
    BigInt(cached) * unit.cachedInput +
    BigInt(usage.outputTokens ?? 0) * unit.output;
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

function unitPriceOf(price: TokenPrice): UnitPrice {
  let unit = unitPrices.get(price);
  if (unit === undefined) {
    unit = {
      input: toUnits(price.inputPerMTok),
      cachedInput: toUnits(price.cachedInputPerMTok ?? price.inputPerMTok),
      output: toUnits(price.outputPerMTok),
    };
    unitPrices.set(price, unit);
  }
  return unit;
}

/** The price as written in the configuration, digit by digit: 0.1 is exactly a tenth. */
function toUnits(perMTok: number): bigint {
  const [mantissa = '0', exponentText] = String(perMTok).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = PRICE_DECIMALS - fraction.length + Number(exponentText ?? 0);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? digits * 10n ** BigInt(scale) : digits / 10n ** BigInt(-scale);
}

function formatUsd(steps: bigint): string {
  const digits = steps.toString().padStart(USD_DECIMALS + 1, '0');
  return trimDecimal(`${digits.slice(0, -USD_DECIMALS)}.${digits.slice(-USD_DECIMALS)}`);
}

/** A decimal string without the zeros that say nothing: `0.500000` is `0.5`, `2.000` is `2`. */
export function trimDecimal(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
