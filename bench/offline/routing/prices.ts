/** USD per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/**
 * List prices as they are remembered of that time; no price list was looked up for them. gpt-4-1106-preview: OpenAI, November 2023.
 * mixtral-8x7b: Together, December 2023. The others: Together's tariff of 2024 by size (4 to 8B: 0.20, 8 to 21B: 0.30, 41 to 80B: 0.90),
 * since not each of them was sold by the token. Good for comparing ways to choose: all are measured with the same prices.
 */
const PRICES: Readonly<Record<string, Price>> = {
  'gpt-4-1106': { input: 10, output: 30 },
  'mixtral-8x7b': { input: 0.6, output: 0.6 },
  'qwen2.5-7b-instruct': { input: 0.2, output: 0.2 },
  'llama-3.1-8b-instruct': { input: 0.2, output: 0.2 },
  'llama3-chatqa-1.5-8b': { input: 0.2, output: 0.2 },
  'mistral-7b-instruct-v0.3': { input: 0.2, output: 0.2 },
  'codegemma-7b': { input: 0.2, output: 0.2 },
  'gemma-2-9b-it': { input: 0.3, output: 0.3 },
  'llama3-chatqa-1.5-70b': { input: 0.9, output: 0.9 },
  'llama-3.1-nemotron-51b-instruct': { input: 0.9, output: 0.9 },
  'llama-3.3-nemotron-super-49b-v1': { input: 0.9, output: 0.9 },
};

const MILLION = 1_000_000;

/** Throws for a model without a price: a table of costs with a hole is worth nothing. */
export function priceOf(model: string): Price {
  const price = PRICES[model];
  if (!price) throw new Error(`no list price of ${model} in bench/offline/routing/prices.ts`);
  return price;
}

/** USD for one request. */
export function requestUsd(model: string, inputTokens: number, outputTokens: number): number {
  const price = priceOf(model);
  return (inputTokens * price.input + outputTokens * price.output) / MILLION;
}
