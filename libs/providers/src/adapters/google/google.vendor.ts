import type { JSONObject } from '@ai-sdk/provider';
import { partsOnce, tokenCount } from '@relay/protocols';
import type { Vendor } from '../sdk/vendor';

/** Gemini 2.5 thinks by a budget. In tokens; ai.google.dev/gemini-api/docs/openai says which effort is which. */
const BUDGETS: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 24_576,
};
/** Later models by a level; they cannot do without. */
const LEVELS: Readonly<Record<string, string>> = {
  none: 'minimal',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
};
const BY_BUDGET = /gemini-(?:1|2)/;

export const googleVendor: Vendor = {
  name: 'google',
  signatureField: 'thoughtSignature',
  chatFields: ['reasoning_effort'],

  async load(_provider, baseURL) {
    const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
    return {
      chat: (model, link) => createGoogleGenerativeAI({ baseURL, ...link }).languageModel(model),
      embeddings: (model, link) => createGoogleGenerativeAI({ baseURL, ...link }).embeddingModel(model),
    };
  },

  chatOptions({ reasoning_effort: effort }, model): Record<string, JSONObject> {
    if (typeof effort !== 'string') return { google: {} };
    const config: JSONObject = { includeThoughts: effort !== 'none' };
    const amount = BY_BUDGET.test(model) ? BUDGETS[effort] : LEVELS[effort];
    if (amount === undefined) return { google: {} };
    config[typeof amount === 'number' ? 'thinkingBudget' : 'thinkingLevel'] = amount;
    return { google: { thinkingConfig: config } };
  },

  embeddingOptions: (dimensions) => ({ outputDimensionality: dimensions }),

  /** A key that is wrong is a 400 here, which is not the client's fault. */
  refusal(reply) {
    const text = reply.body.toString('utf8');
    if (reply.status === 400 && /API key (?:not valid|expired)/i.test(text)) return { ...reply, status: 401 };
    return reply;
  },

  earlyUsage: {
    mark: '"usageMetadata":',
    merge: (known, told) => {
      const input = tokenCount(told['promptTokenCount']) ?? known?.inputTokens;
      const said = tokenCount(told['candidatesTokenCount']);
      const thought = tokenCount(told['thoughtsTokenCount']);
      if (input === undefined && said === null && thought === null) return known;
      const reasoning = thought ?? known?.reasoningTokens ?? 0;
      const answer = said ?? (known ? known.outputTokens - known.reasoningTokens : 0);
      return partsOnce({
        inputTokens: input ?? 0,
        cachedInputTokens: tokenCount(told['cachedContentTokenCount']) ?? known?.cachedInputTokens ?? 0,
        outputTokens: answer + reasoning,
        reasoningTokens: reasoning,
      });
    },
  },
};
