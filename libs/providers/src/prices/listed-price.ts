import type { ModelPrice, TieredPrices } from '@pydantic/genai-prices';
import type { PriceConfig } from '@relay/config';

type Rate = Exclude<keyof PriceConfig, 'above' | 'batch' | 'currency'>;

/** What the relay counts. */
const RATES: Readonly<Record<string, Rate>> = {
  input_mtok: 'inputPerMTok',
  cache_read_mtok: 'cachedInputPerMTok',
  cache_write_mtok: 'cacheWriteInputPerMTok',
  cache_write_1h_mtok: 'cacheWriteHourInputPerMTok',
  input_audio_mtok: 'audioInputPerMTok',
  input_image_mtok: 'imageInputPerMTok',
  output_mtok: 'outputPerMTok',
  output_reasoning_mtok: 'reasoningPerMTok',
  output_audio_mtok: 'audioOutputPerMTok',
  output_image_mtok: 'imageOutputPerMTok',
};

/** What it does not count, and what is charged only where a request makes use of it, or hardly differs from what is counted instead. */
const PASSED_OVER: ReadonlySet<string> = new Set([
  'web_searches_kcount',
  'storage_searches_kcount',
  'social_searches_kcount',
  'code_executions_kcount',
  'cache_audio_read_mtok',
  'cache_image_read_mtok',
  'input_video_mtok',
]);

/** A price of the catalogue as relay.yaml would say it; null where it charges for what the relay cannot count: hours, pages, requests. */
export function listedPrice(listed: ModelPrice): PriceConfig | null {
  const said = Object.entries(listed).filter(([key, value]) => value !== undefined && !PASSED_OVER.has(key));
  if (said.some(([key]) => RATES[key] === undefined) || listed['input_mtok'] === undefined) return null;
  const base = ratesAt(listed, 0);
  const above = startsOf(listed).map((start) => ({ inputTokens: start, ...ratesAt(tieredOf(listed), start + 1) }));
  const { inputPerMTok = 0, outputPerMTok = 0 } = base; // embeddings have no output
  return {
    ...base,
    inputPerMTok,
    outputPerMTok,
    ...(above.length > 0 ? { above } : {}),
    currency: 'USD',
  };
}

function ratesAt(listed: ModelPrice, inputTokens: number): Partial<Record<Rate, number>> {
  return Object.fromEntries(
    Object.entries(listed).flatMap(([key, value]) => {
      const rate = RATES[key];
      return rate === undefined || value === undefined ? [] : [[rate, at(value, inputTokens)]];
    }),
  );
}

/** All tokens cost what the highest tier says that the input is longer than. */
function at(value: number | TieredPrices, inputTokens: number): number {
  if (typeof value === 'number') return value;
  const reached = value.tiers.filter(({ start }) => inputTokens > start);
  return reached.reduce((best, tier) => (tier.start >= best.start ? tier : best), { start: -1, price: value.base })
    .price;
}

const tieredOf = (listed: ModelPrice): ModelPrice =>
  Object.fromEntries(Object.entries(listed).filter(([, value]) => typeof value === 'object'));

function startsOf(listed: ModelPrice): number[] {
  const tiers = Object.values(tieredOf(listed)).flatMap((value) => (typeof value === 'object' ? value.tiers : []));
  return [...new Set(tiers.map(({ start }) => start))].sort((a, b) => a - b);
}
