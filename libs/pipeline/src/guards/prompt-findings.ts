import type { ChatMessage, ExecutionPlan, PiiKind } from '@relay/contracts';
import type { FlatFeatures } from '@relay/policy';
import {
  injectionScore,
  isInspectable,
  MAX_INSPECTED_CHARS,
  piiKindsOf,
  promptText,
  redactMessages,
  type Redaction,
} from '@relay/prompt';

type Guards = ExecutionPlan['guards'];

/** What the guards of a plan go by. */
export interface PromptFindings {
  /** 0..1; `null` where no guard asks for it. */
  readonly injection: number | null;
  /** Of the kinds that the guard is about, sorted. */
  readonly pii: readonly PiiKind[];
  /** All text was looked at. */
  readonly whole: boolean;
  /** Where the guard redacts, and could look at everything. */
  readonly redaction: Redaction | null;
}

/** What was found before planning, and what nobody has looked for yet. `bodyBytes`: length of the request's body. */
export function findingsFor(
  guards: Guards,
  features: FlatFeatures,
  messages: readonly ChatMessage[],
  bodyBytes: number,
): PromptFindings {
  const { injection, pii } = guards;
  // No text has more characters than the JSON it came in has bytes.
  const whole = bodyBytes <= MAX_INSPECTED_CHARS || isInspectable(messages);
  const redaction = pii.action === 'redact' && whole ? redactMessages(messages, pii.kinds) : null;
  return {
    injection: injection.action === 'off' ? null : (features['features.injection'] ?? scoreOf(messages)),
    // The analysis knows what system and user say; a guard stands for everything that would leave, calls of tools included.
    pii: pii.action === 'off' ? [] : (redaction?.kinds ?? piiKindsOf(messages, pii.kinds)),
    whole,
    redaction,
  };
}

/** What comes from outside: instructions of the app itself are no attack on it. */
const scoreOf = (messages: readonly ChatMessage[]): number => injectionScore(promptText(messages).user);
