import { NO_ANALYSIS, type ChatCompletionRequest, type PromptAnalysis } from '@relay/contracts';
import type { CompiledPolicy } from './domain/compiled-policy';
import { needsFor } from './analysis-needs';

export interface PromptReading {
  readonly prompt: PromptAnalysis;
  readonly learned: ReadonlyMap<string, number> | null;
}

const NOTHING_READ: PromptReading = { prompt: NO_ANALYSIS, learned: null };

/** Finds out about a prompt what the policy makes use of, and nothing else. */
export class PromptReader {
  read(policy: CompiledPolicy, body: ChatCompletionRequest): PromptReading {
    const wanted = needsFor(policy.needs, body.model);
    if (wanted.size === 0) return NOTHING_READ;
    return NOTHING_READ;
  }
}
