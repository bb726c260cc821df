import type { ExecutionPlan, RouteCandidate } from '@relay/contracts';
import { canonicalJson, sha256Hex } from '@relay/core';

const SIGNATURE_DIGITS = 16;

/**
 * Hash of what can change the answer: who may serve and how the answer is decoded. Order of candidates, deadline and queue
 * are left out: they change when and where, not what.
 */
export function signPlan(candidates: readonly RouteCandidate[], decoding: ExecutionPlan['decoding']): string {
  const served = candidates.map(({ model, provider, upstreamModel }) =>
    canonicalJson([model, provider, upstreamModel]),
  );
  return sha256Hex(canonicalJson({ candidates: served.sort(), decoding })).slice(0, SIGNATURE_DIGITS);
}
