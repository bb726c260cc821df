import type { JSONObject } from '@ai-sdk/provider';
import type { Vendor } from '../sdk/vendor';

/** For thinking alone, in tokens; Cohere knows no levels. */
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 512,
  low: 1_024,
  medium: 4_096,
  high: 16_384,
  xhigh: 31_000,
};

export const cohereVendor: Vendor = {
  name: 'cohere',
  signatureField: 'signature',
  chatFields: ['reasoning_effort'],

  async load(_provider, baseURL) {
    const { createCohere } = await import('@ai-sdk/cohere');
    return {
      chat: (model, link) => createCohere({ baseURL, ...link }).languageModel(model),
      embeddings: (model, link) => createCohere({ baseURL, ...link }).embeddingModel(model),
    };
  },

  chatOptions({ reasoning_effort: effort }): Record<string, JSONObject> {
    if (effort === 'none') return { cohere: { thinking: { type: 'disabled' } } };
    const tokenBudget = typeof effort === 'string' ? BUDGETS[effort] : undefined;
    return { cohere: tokenBudget === undefined ? {} : { thinking: { type: 'enabled', tokenBudget } } };
  },

  embeddingOptions: (dimensions) => ({ outputDimension: dimensions }),
};
