/** An output token holds a slot longer than an input token. */
const OUTPUT_COST_FACTOR = 2;

/** What serving so many tokens costs: the scheduler's measure, in tokens. */
export const tokenCost = (inputTokens: number, outputTokens: number): number =>
  inputTokens + OUTPUT_COST_FACTOR * outputTokens;
