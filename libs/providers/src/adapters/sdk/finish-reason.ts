import type { LanguageModelV3FinishReason } from '@ai-sdk/provider';

const CHAT_REASONS = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  'tool-calls': 'tool_calls',
  other: 'stop',
  error: null,
} as const satisfies Record<LanguageModelV3FinishReason['unified'], string | null>;

/**
 * As chat has it; null where the answer did not end properly: the vendor named no reason, which the packages hand on as `other`, or
 * an error as its reason.
 */
export const chatFinishReason = ({ unified, raw }: LanguageModelV3FinishReason): string | null =>
  raw === undefined ? null : CHAT_REASONS[unified];
