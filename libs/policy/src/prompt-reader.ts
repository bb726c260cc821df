import { NO_ANALYSIS, type ChatCompletionRequest, type ChatMessage, type PromptAnalysis } from '@relay/contracts';
import { estimateTokens } from '@relay/prompt';
import { needsFor } from './analysis-needs';
import type { CompiledPolicy } from './domain/compiled-policy';

export interface PromptReading {
  readonly textTokens: number;
  readonly prompt: PromptAnalysis;
  readonly learned: ReadonlyMap<string, number> | null;
}

/** Finds out about a prompt what the policy makes use of, and nothing else. */
export class PromptReader {
  read(policy: CompiledPolicy, body: ChatCompletionRequest): PromptReading {
    const textTokens = tokensOf(body.messages);
    const wanted = needsFor(policy.needs, body.model);
    if (wanted.size === 0) return { textTokens, prompt: NO_ANALYSIS, learned: null };
    return { textTokens, prompt: NO_ANALYSIS, learned: null };
  }
}

function tokensOf(messages: readonly ChatMessage[]): number {
  let tokens = 0;
  for (const { content } of messages) {
    if (typeof content === 'string') tokens += estimateTokens(content);
    else for (const part of content ?? []) if (typeof part['text'] === 'string') tokens += estimateTokens(part['text']);
  }
  return tokens;
}
