import type { ExecutionPlan, InjectionAction, PiiAction } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { MAX_INSPECTED_CHARS, MAX_INSPECTED_DEPTH } from '@relay/prompt';
import type { PromptFindings } from './prompt-findings';

export type GuardName = 'injection' | 'pii';
/** What a guard did; `uninspected`: it let a text pass that was too long to look at. */
export type GuardOutcome = InjectionAction | PiiAction | 'uninspected';

/** What one guard makes of a prompt. `off`: it saw nothing to act on. */
export interface GuardVerdict {
  readonly guard: GuardName;
  readonly outcome: GuardOutcome;
  readonly tag: string | null; // for the trace
  readonly refusal: RelayError | null;
}

/** The guard answers for what leaves, and not only for the trace. */
export const isStrict = (action: InjectionAction | PiiAction): boolean => action === 'block' || action === 'redact';

/** What each guard of the plan makes of the findings. */
export function judgePrompt({ injection, pii }: ExecutionPlan['guards'], findings: PromptFindings): GuardVerdict[] {
  const attacked = findings.injection !== null && findings.injection >= injection.threshold;
  return [
    verdictOf(
      'injection',
      injection.action,
      attacked,
      findings.whole,
      'The prompt looks like an injection of instructions.',
    ),
    verdictOf(
      'pii',
      pii.action,
      findings.pii.length > 0,
      findings.whole,
      `The request holds data of kind ${findings.pii.join(', ')}.`,
    ),
  ];
}

/** `reason` names what was found, never the data itself. */
function verdictOf(
  guard: GuardName,
  action: InjectionAction | PiiAction,
  found: boolean,
  whole: boolean,
  reason: string,
): GuardVerdict {
  if (action === 'off') return { guard, outcome: 'off', tag: null, refusal: null };
  if (found && action === 'block') return refusedBy(guard, reason);
  if (!whole && isStrict(action)) return refusedBy(guard, TOO_LONG);
  const outcome = found ? action : whole ? 'off' : 'uninspected';
  const isTagged = action === 'tag' && outcome !== 'off';
  return { guard, outcome, tag: !isTagged ? null : found ? `guard:${guard}` : 'guard:uninspected', refusal: null };
}

const refusedBy = (guard: GuardName, reason: string): GuardVerdict => ({
  guard,
  outcome: 'block',
  tag: null,
  refusal: blocked(guard, reason),
});

const TOO_LONG = `The request holds more text than it can inspect; allowed: at most ${MAX_INSPECTED_CHARS} characters, lists and objects at most ${MAX_INSPECTED_DEPTH} deep, and no text as tokens.`;

function blocked(guard: GuardName, reason: string): RelayError {
  // Personal data may stand in any field, whose name may be data itself.
  const param = guard === 'injection' ? { param: 'messages' } : {};
  return new RelayError('content_blocked', `Blocked by the guard "${guard}" of the policy: ${reason}`, param);
}
