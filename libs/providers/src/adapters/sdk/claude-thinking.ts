/** Claude models that think by a budget of tokens; later ones judge for themselves, guided by an effort. */
const BY_BUDGET = /claude-(?:3|(?:opus|sonnet|haiku)-4(?:-[015])?(?:-2025\d{4}|@|$|-v|:))/;

/** Of the answer, for thinking alone. In tokens; Anthropic asks for 1,024 at least. */
const BUDGETS: Readonly<Record<string, number>> = {
  minimal: 1_024,
  low: 1_024,
  medium: 4_096,
  high: 16_384,
  xhigh: 32_768,
};
const EFFORTS: Readonly<Record<string, string>> = {
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
};

export type ClaudeThinking =
  | { readonly type: 'disabled' }
  | { readonly type: 'enabled'; readonly budgetTokens: number }
  | { readonly type: 'adaptive'; readonly effort: string };

/** How a Claude model should think for a `reasoning_effort` of chat; null where nothing, or nothing known, was asked. */
export function claudeThinking(model: string, effort: unknown): ClaudeThinking | null {
  if (effort === 'none') return { type: 'disabled' };
  if (typeof effort !== 'string') return null;
  const budgetTokens = BUDGETS[effort];
  const level = EFFORTS[effort];
  if (budgetTokens === undefined || level === undefined) return null;
  return BY_BUDGET.test(model) ? { type: 'enabled', budgetTokens } : { type: 'adaptive', effort: level };
}
