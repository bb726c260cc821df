import type { ChatCompletionRequest, PromptAnalysis } from '@relay/contracts';
import { estimatePromptTokens, PromptAnalyser, promptText, type PromptText, type QualityModel } from '@relay/prompt';
import { looksAtQualityOf, needsFor } from './analysis-needs';
import type { CompiledPolicy } from './domain/compiled-policy';

export interface PromptReading {
  readonly textTokens: number;
  readonly prompt: PromptAnalysis;
  readonly learned: ReadonlyMap<string, number> | null;
}

const NO_TEXT: PromptText = { system: '', user: '', last: '' };

/** Finds out about a prompt what the policy makes use of, and nothing else. */
export class PromptReader {
  private readonly analyser = new PromptAnalyser();

  /** Loads what a policy needs for requests that ask for this model, or for any request: that is what `auto:best` needs. */
  warmUp({ needs }: CompiledPolicy, model?: string): Promise<void> {
    return this.analyser.warmUp(model === undefined ? needs.forBest : needsFor(needs, model));
  }

  read({ needs }: CompiledPolicy, quality: QualityModel | null, body: ChatCompletionRequest): PromptReading {
    const wanted = needsFor(needs, body.model);
    const asksQuality = quality !== null && looksAtQualityOf(needs, body.model);
    const text = wanted.size > 0 || asksQuality ? promptText(body.messages) : NO_TEXT;
    return {
      textTokens: estimatePromptTokens(body.messages),
      prompt: this.analyser.analyse(text, wanted),
      learned: asksQuality ? quality.predict(text.last) : null,
    };
  }
}
