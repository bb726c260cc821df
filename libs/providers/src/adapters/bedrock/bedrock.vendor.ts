import type { JSONObject } from '@ai-sdk/provider';
import { claudeThinking } from '../sdk/claude-thinking';
import type { Vendor } from '../sdk/vendor';

const EFFORTS: ReadonlySet<unknown> = new Set(['low', 'medium', 'high']);

export const bedrockVendor: Vendor = {
  name: 'bedrock',
  signatureField: 'signature',
  chatFields: ['reasoning_effort', 'parallel_tool_calls'],

  async load({ region, credentials }, baseURL) {
    const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock');
    const settings = { baseURL, region: region ?? '', ...credentials };
    return {
      chat: (model, link) => createAmazonBedrock({ ...settings, ...link }).languageModel(model),
      embeddings: (model, link) => createAmazonBedrock({ ...settings, ...link }).embeddingModel(model),
    };
  },

  chatOptions({ reasoning_effort: effort, parallel_tool_calls: parallel }, model) {
    const config = model.includes('claude') ? claudeConfig(model, effort) : otherConfig(effort);
    return {
      bedrock: config ? { reasoningConfig: config } : {},
      anthropic: parallel === false ? { disableParallelToolUse: true } : {},
    };
  },

  embeddingOptions: (dimensions) => ({ dimensions, embeddingDimension: dimensions }),
};

function claudeConfig(model: string, effort: unknown): JSONObject | null {
  const thinking = claudeThinking(model, effort);
  if (thinking?.type !== 'adaptive') return thinking && { ...thinking };
  return { type: 'adaptive', maxReasoningEffort: thinking.effort };
}

/** Nova and gpt-oss know the efforts of chat. */
const otherConfig = (effort: unknown): JSONObject | null =>
  EFFORTS.has(effort) ? { type: 'enabled', maxReasoningEffort: effort as string } : null;
