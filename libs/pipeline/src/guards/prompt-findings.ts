import type { ChatCompletionRequest, ExecutionPlan, PiiKind } from '@relay/contracts';
import type { FlatFeatures } from '@relay/policy';
import {
  givenTokens,
  injectionScore,
  isInspectable,
  piiKindsOf,
  promptText,
  redactRequest,
  type Redaction,
} from '@relay/prompt';
import type { JsonObject } from '@relay/protocols';
import type { GuardedRequest } from './judged-request';

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
  readonly redaction: Redaction<JsonObject> | null;
}

/** What was found before planning, and what nobody has looked for yet. */
export function findingsFor(
  guards: Guards,
  features: FlatFeatures,
  { asked, request }: Pick<GuardedRequest, 'asked' | 'request'>,
): PromptFindings {
  const { injection, pii } = guards;
  const whole = isInspectable(asked) && !request.messages.some(({ content }) => givenTokens(content) > 0);
  const redaction = pii.action === 'redact' && whole ? redactRequest(asked, pii.kinds) : null;
  return {
    injection: injection.action === 'off' ? null : (features['features.injection'] ?? scoreOf(request)),
    // The analysis knows what system and user say; a guard stands for everything that would leave.
    pii: pii.action === 'off' ? [] : (redaction?.kinds ?? piiKindsOf(asked, pii.kinds)),
    whole,
    redaction,
  };
}

/** What comes from outside: instructions of the app itself are no attack on it. */
const scoreOf = ({ messages }: ChatCompletionRequest): number => injectionScore(promptText(messages).user);
