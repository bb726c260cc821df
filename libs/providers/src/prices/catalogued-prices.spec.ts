import { relayConfigSchema, priceInForce, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { cataloguedPrices } from './catalogued-prices';
import { genaiPrices } from './genai-prices.catalogue';
import type { PriceCatalogue } from './price-catalogue.port';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const OPENAI = { id: 'openai', kind: 'openai', baseUrl: 'https://api.openai.com/v1' };
const ANTHROPIC = { id: 'anthropic', kind: 'openai', baseUrl: 'https://api.anthropic.com/v1' };
const DEEPSEEK = { id: 'deepseek', kind: 'openai', baseUrl: 'https://api.deepseek.com' };
const GROQ = { id: 'groq', kind: 'groq' };
const VENDORS = [
  { id: 'google', kind: 'google' },
  { id: 'bedrock', kind: 'bedrock', region: 'us-east-1' },
  { id: 'cohere', kind: 'cohere' },
];
const PROXY = { id: 'proxy', kind: 'openai', baseUrl: 'https://openai.example.com/v1' };
const LOCAL = { id: 'local', kind: 'openai', baseUrl: 'http://127.0.0.1:8000/v1' };

function configOf(targets: readonly object[], more: object = {}): RelayConfig {
  const parsed = relayConfigSchema.parse({
    providers: [OPENAI, ANTHROPIC, DEEPSEEK, GROQ, PROXY, LOCAL, ...VENDORS],
    models: [{ id: 'm', targets, ...more }],
    ...('prices' in more ? { models: [{ id: 'm', targets }], prices: more.prices } : {}),
  });
  return { ...parsed, policy: policyDocumentSchema.parse({ name: 'p', version: 1 }) };
}

/** What the only target of the only model costs. */
function priceOf(target: object, more: object = {}, load: () => PriceCatalogue = genaiPrices) {
  const config = configOf([target], more);
  const { prices: catalogued } = cataloguedPrices(config, load, NOW);
  const [model] = config.models;
  if (!model?.targets[0]) throw new Error('no target');
  return priceInForce({ catalogued }, model, model.targets[0]);
}

const notToBeLoaded = (): PriceCatalogue => {
  throw new Error('the catalogue was loaded');
};

describe('the price of a target', () => {
  it('is that of the catalogue where the file says none, and says so', () => {
    expect(priceOf({ provider: 'openai', model: 'gpt-4o-mini' })).toEqual({
      price: { inputPerMTok: 0.15, cachedInputPerMTok: 0.075, outputPerMTok: 0.6, currency: 'USD' },
      version: 'genai-prices@0.1.8',
      matched: 'openai/gpt-4o-mini',
    });
  });

  it.each([
    ['gpt-4o-2024-08-06', 'openai', 'openai/gpt-4o'],
    ['claude-sonnet-4-5-20250929', 'anthropic', 'anthropic/claude-sonnet-4-5'],
    ['claude-sonnet-4-20250514', 'anthropic', 'anthropic/claude-sonnet-4-0'],
    ['claude-3-5-haiku-latest', 'anthropic', 'anthropic/claude-3-5-haiku-latest'],
    ['llama-3.1-8b-instant', 'groq', 'groq/llama-3.1-8b-instant'],
    ['deepseek-chat', 'deepseek', 'deepseek/deepseek-chat'],
    ['gemini-2.5-pro', 'google', 'google/gemini-2.5-pro'],
    ['amazon.nova-pro-v1:0', 'bedrock', 'aws/amazon.nova-pro-v1:0'],
    ['command-r-plus-08-2024', 'cohere', 'cohere/command-r-plus'],
  ])('is found for %s by its whole name', (model, provider, matched) => {
    expect(priceOf({ provider, model })?.matched).toBe(matched);
  });

  it.each([
    ['claude-sonnet-4-5-turbo', 'anthropic'], // begins as its neighbour does
    ['deepseek-chat-pro', 'deepseek'],
    ['gpt-4o-audio-preview-mini', 'openai'],
    ['gpt-4o-2031-01-01', 'openai'], // not the same as another version of it
    ['eu.amazon.nova-pro-v1:0', 'bedrock'], // another region, another price
    ['my-own', 'openai'],
  ])('is unknown for %s: no neighbour lends its own', (model, provider) => {
    expect(priceOf({ provider, model })).toBeNull();
  });

  it('is unknown at a server that is nobody’s that the catalogue knows, whatever its models are called', () => {
    expect(priceOf({ provider: 'local', model: 'gpt-4o-mini' }, {}, notToBeLoaded)).toBeNull();
    expect(priceOf({ provider: 'proxy', model: 'gpt-4o-mini' })).toBeNull();
  });

  it('is unknown where it is charged by the hour', () => {
    expect(priceOf({ provider: 'openai', model: 'whisper-1' })).toBeNull();
  });

  it('has what long inputs, cache writes and images cost', () => {
    expect(priceOf({ provider: 'anthropic', model: 'claude-sonnet-4-5' })?.price).toEqual({
      ...{ inputPerMTok: 3, cachedInputPerMTok: 0.3, cacheWriteInputPerMTok: 3.75, cacheWriteHourInputPerMTok: 6 },
      ...{ outputPerMTok: 15, currency: 'USD' },
      above: [
        {
          inputTokens: 200_000,
          ...{ inputPerMTok: 6, cachedInputPerMTok: 0.6, cacheWriteInputPerMTok: 7.5, cacheWriteHourInputPerMTok: 12 },
          outputPerMTok: 22.5,
        },
      ],
    });
    expect(priceOf({ provider: 'openai', model: 'gpt-image-1' })?.price).toMatchObject({ imageInputPerMTok: 10 });
    expect(priceOf({ provider: 'openai', model: 'text-embedding-3-small' })?.price).toMatchObject({
      inputPerMTok: 0.02,
      outputPerMTok: 0,
    });
  });

  it('is that of the file where it says one, of the target before that of the model', () => {
    const target = { provider: 'openai', model: 'gpt-4o-mini' };
    const [ofModel, ofTarget] = [1, 2].map((usd) => ({ inputPerMTok: usd, outputPerMTok: usd }));
    const byModel = priceOf(target, { price: ofModel }, notToBeLoaded);
    expect(byModel).toMatchObject({
      price: ofModel,
      matched: null,
      version: expect.stringMatching(/^relay\.yaml#[0-9a-f]{12}$/),
    });
    const byTarget = priceOf({ ...target, price: ofTarget }, { price: ofModel }, notToBeLoaded);
    expect(byTarget).toMatchObject({ price: ofTarget });
    expect(byTarget?.version).not.toBe(byModel?.version);
  });

  it('is not looked up where that is switched off', () => {
    const off = { prices: { catalogue: false } };
    expect(priceOf({ provider: 'openai', model: 'gpt-4o-mini' }, off, notToBeLoaded)).toBeNull();
  });
});

describe('a price with a calendar', () => {
  const target = { provider: 'deepseek', model: 'deepseek-chat' }; // dearer from 00:30 to 16:30 UTC
  const at = (time: string) => cataloguedPrices(configOf([target]), genaiPrices, Date.parse(`2026-11-22T${time}Z`));
  const inputOf = ({ prices }: ReturnType<typeof at>) => [...prices.values()].map(({ price }) => price.inputPerMTok);

  it('is that of the time, and tells until when', () => {
    expect(inputOf(at('12:00:00'))).toEqual([0.27]);
    expect(at('12:00:00').until).toBe(Date.parse('2026-11-22T16:30:00Z'));
    expect(inputOf(at('16:30:00'))).toEqual([0.135]);
    expect(at('16:30:00').until).toBe(Date.parse('2026-11-23T00:30:00Z'));
  });

  it('changes with a date that is announced', () => {
    const o3 = (day: string) => {
      const config = configOf([{ provider: 'openai', model: 'o3' }]);
      return cataloguedPrices(config, genaiPrices, Date.parse(`${day}T00:00:00Z`));
    };
    expect([inputOf(o3('2025-06-09')), o3('2025-06-09').until]).toEqual([[10], Date.parse('2025-06-10')]);
    expect([inputOf(o3('2025-06-10')), o3('2025-06-10').until]).toEqual([[2], null]);
  });

  it('does not change by itself in other cases', () => {
    expect(cataloguedPrices(configOf([{ provider: 'openai', model: 'gpt-4o' }]), genaiPrices, NOW).until).toBeNull();
  });
});
