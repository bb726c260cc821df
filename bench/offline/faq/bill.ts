import { estimateTokens } from '@relay/prompt';
import type { Run } from '../semantic/serve-stream';

/** Assumed of each request; a share saved depends on their proportions only. Tokens, and USD a token. */
const SYSTEM_TOKENS = 200;
const ANSWER_TOKENS = 250;
const INPUT_USD = 2.5e-6;
const OUTPUT_USD = 10e-6;
/** The judge reads the question and two answers and says one word, at the same price. */
const JUDGE_OUTPUT_TOKENS = 1;

export interface Bill {
  readonly uncachedUsd: number;
  /** With what rechecks and a judge that is a model cost. */
  readonly usd: number;
  readonly saved: number; // share
}

/** What a run costs. `order`: prompts (indexes) as asked. */
export function billOf({ outcomes, judged, rechecked }: Run, prompts: readonly string[], order: Int32Array): Bill {
  const answers = Array.from(order, (prompt) => answerUsd(prompts[prompt] ?? ''));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const uncachedUsd = sum(answers);
  const asked = sum(answers.filter((_, i) => !outcomes[i]?.exact && !outcomes[i]?.hit));
  const mean = uncachedUsd / order.length;
  const judgeUsd = (SYSTEM_TOKENS + 2 * ANSWER_TOKENS) * INPUT_USD + JUDGE_OUTPUT_TOKENS * OUTPUT_USD;
  const usd = asked + rechecked * mean + judged * judgeUsd;
  return { uncachedUsd, usd, saved: 1 - usd / uncachedUsd };
}

const answerUsd = (prompt: string): number =>
  (SYSTEM_TOKENS + estimateTokens(prompt)) * INPUT_USD + ANSWER_TOKENS * OUTPUT_USD;
