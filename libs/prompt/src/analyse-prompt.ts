import { NO_ANALYSIS, type Analysis, type PiiKind, type PromptAnalysis } from '@relay/contracts';
import { PromptClassifier } from './classify/prompt-classifier';
import { LanguageDetector } from './language/language-detector';
import type { PromptText } from './prompt-text';
import { injectionScore } from './signals/injection/injection-score';
import { findPii } from './signals/pii/find-pii';

/**
 * Finds out about prompts what a policy asks for, in this process. The work is bounded whatever the prompt's length: task and
 * complexity look at the beginning and end of the last message, language at no more than 400 characters of prose, looked for in its
 * first 4,000, risk signals as far as `MAX_INSPECTED_CHARS`.
 */
export class PromptAnalyser {
  private readonly classifier = new PromptClassifier();
  private readonly language = new LanguageDetector();

  /**
   * Loads what these analyses need, so that no request waits for it. Until it was called, languages are told by their script
   * alone, and the first request loads the weights of task and complexity. Rejects if something cannot be loaded.
   */
  async warmUp(wanted: ReadonlySet<Analysis>): Promise<void> {
    if (wanted.has('task')) this.classifier.loadTask();
    if (wanted.has('complexity')) this.classifier.loadComplexity();
    if (wanted.has('language')) await this.language.load();
  }

  /** What is not wanted stays `null`. */
  analyse(text: PromptText, wanted: ReadonlySet<Analysis>): PromptAnalysis {
    if (wanted.size === 0) return NO_ANALYSIS;
    return {
      task: wanted.has('task') ? this.classifier.task(text) : null,
      language: wanted.has('language') ? this.language.detect(text.last || text.user) : null,
      complexity: wanted.has('complexity') ? this.classifier.complexity(text) : null,
      injection: wanted.has('injection') ? injectionScore(text.user) : null,
      pii: wanted.has('pii') ? piiKinds(text) : null,
    };
  }
}

function piiKinds({ system, user }: PromptText): PiiKind[] {
  const kinds = new Set([...findPii(system), ...findPii(user)].map(({ kind }) => kind));
  return [...kinds].sort();
}
