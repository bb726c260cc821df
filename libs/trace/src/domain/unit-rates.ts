import type { TieredRates, TokenRates, TokenUsage } from './token-price';

/** Prices are held as whole units of 1e-18 USD a token, so a price may have 12 decimals per million tokens. */
export const PRICE_DECIMALS = 12;

/** Takes one part out of a whole: how many tokens it has, and what one of them costs. */
interface PartRate {
  readonly tokensOf: (usage: TokenUsage) => number;
  readonly unit: bigint;
}

/** What one token costs, parts in the order in which they are taken from their whole. */
export interface UnitRates {
  readonly input: bigint;
  readonly ofInput: readonly PartRate[];
  readonly output: bigint;
  readonly ofOutput: readonly PartRate[];
}

interface UnitTier {
  readonly above: number; // tokens of the input
  readonly rates: UnitRates;
}

/** Highest first; the last one is for every size. Prices are read once and live as long as their configuration. */
const tiersByPrice = new WeakMap<TieredRates, readonly UnitTier[]>();
const EVERY_SIZE = -1;

/** What each token of a request with so long an input costs. */
export function unitRatesFor(inputTokens: number, price: TieredRates): UnitRates {
  let tiers = tiersByPrice.get(price);
  if (tiers === undefined) tiersByPrice.set(price, (tiers = tiersOf(price)));
  const tier = tiers.find(({ above }) => inputTokens > above);
  if (tier === undefined) throw new Error(`an input cannot have ${inputTokens} tokens`);
  return tier.rates;
}

function tiersOf({ above: higher = [], ...base }: TieredRates): UnitTier[] {
  const tiers = [...higher].sort((a, b) => b.inputTokens - a.inputTokens);
  return [
    ...tiers.map(({ inputTokens, ...named }) => ({
      above: inputTokens,
      rates: unitRates({ ...base, ...said(named) }),
    })),
    { above: EVERY_SIZE, rates: unitRates(base) },
  ];
}

function unitRates(rates: TokenRates): UnitRates {
  const or = (perMTok: number | undefined, otherwise: bigint): bigint =>
    perMTok === undefined ? otherwise : toUnits(perMTok);
  const input = toUnits(rates.inputPerMTok);
  const output = toUnits(rates.outputPerMTok);
  const write = or(rates.cacheWriteInputPerMTok, input);
  return {
    input,
    ofInput: [
      { tokensOf: (usage) => usage.cachedInputTokens ?? 0, unit: or(rates.cachedInputPerMTok, input) },
      { tokensOf: writtenForAnHour, unit: or(rates.cacheWriteHourInputPerMTok, write) },
      { tokensOf: (usage) => (usage.cacheWriteTokens ?? 0) - writtenForAnHour(usage), unit: write },
      { tokensOf: (usage) => usage.audioInputTokens ?? 0, unit: or(rates.audioInputPerMTok, input) },
      { tokensOf: (usage) => usage.imageInputTokens ?? 0, unit: or(rates.imageInputPerMTok, input) },
    ],
    output,
    ofOutput: [
      { tokensOf: (usage) => usage.reasoningTokens ?? 0, unit: or(rates.reasoningPerMTok, output) },
      { tokensOf: (usage) => usage.audioOutputTokens ?? 0, unit: or(rates.audioOutputPerMTok, output) },
      { tokensOf: (usage) => usage.imageOutputTokens ?? 0, unit: or(rates.imageOutputPerMTok, output) },
    ],
  };
}

const writtenForAnHour = ({ cacheWriteHourTokens, cacheWriteTokens }: TokenUsage): number =>
  Math.min(cacheWriteHourTokens ?? 0, cacheWriteTokens ?? 0);

/** Without the rates that are there and say nothing. */
function said<T extends object>(rates: T): Partial<T> {
  return Object.fromEntries(Object.entries(rates).filter(([, rate]) => rate !== undefined)) as Partial<T>;
}

/** The price as written in the configuration, digit by digit: 0.1 is exactly a tenth. */
function toUnits(perMTok: number): bigint {
  const [mantissa = '0', exponentText] = String(perMTok).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = PRICE_DECIMALS - fraction.length + Number(exponentText ?? 0);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? digits * 10n ** BigInt(scale) : digits / 10n ** BigInt(-scale);
}
