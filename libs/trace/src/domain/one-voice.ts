import type { Evidence } from '@relay/contracts';

/**
 * What one user may weigh in the evidence of a tenant, in verdicts on one model for one task. Half of what is known beforehand weighs
 * there: one user alone takes a model from 0.95 to 0.63 at the worst, whatever they send.
 */
const MAX_VOICE_WEIGHT = 10;

/** All that one user said of one model for one task, as it counts for the tenant: the mean stays, the weight is bounded. */
export function asOneVoice({ weight, sum }: Evidence): Evidence {
  const scale = weight > MAX_VOICE_WEIGHT ? MAX_VOICE_WEIGHT / weight : 1;
  return { weight: weight * scale, sum: sum * scale };
}
