import type { Job } from '../job';

/** Input and output, as the plan predicts them. */
export function expectedTokens({ planned: { predicted } }: Job): number {
  return (predicted.inputTokens ?? 0) + (predicted.outputTokens ?? 0);
}
