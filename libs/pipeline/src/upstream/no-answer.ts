import { RelayError, type CancelSignal } from '@relay/core';
import { isOutOfService, type TargetFigures, type UpstreamFailed } from '@relay/providers';

/** An operator may put a target back in service at any time: nobody is told to wait longer for that. */
const MAX_SERVICE_WAIT_SECONDS = 60;

/** An attempt that ended before anything was sent. */
export function notSent(error: RelayError, retryable = false): UpstreamFailed {
  return {
    kind: 'failed',
    error,
    retryable,
    started: false,
    upstreamStatus: null,
    passthrough: null,
    retryAfterMs: null,
    usage: null,
  };
}

/** Why a request ends that nobody waits for any more. */
export function cancelled({ reason }: CancelSignal): RelayError {
  return reason instanceof RelayError ? reason : new RelayError('client_closed', 'The client closed the request.');
}

/**
 * No candidate may be called now; the client is told when the first one may be. Where all of them only limit the rate, or none takes the
 * relay's credentials, the error says so, as it would have if they had been asked; and so it does where operators took them out of service.
 */
export function nobodyLeft(open: readonly TargetFigures[], now: number): UpstreamFailed {
  if (open.length === 0) return notSent(new RelayError('unavailable', 'No target of the plan can serve this request.'));
  const options = { retryAfterSeconds: Math.max(1, Math.min(...open.map((target) => waitSeconds(target, now)))) };
  if (open.every(({ reason }) => reason === 'rate-limit'))
    return notSent(
      new RelayError(
        'upstream_rate_limited',
        'Every target of the plan limits the rate of requests at the moment.',
        options,
      ),
    );
  if (open.every(({ reason }) => reason === 'credentials'))
    return notSent(new RelayError('upstream_error', lockedOut(open), options));
  return notSent(new RelayError('unavailable', whyNone(open), options));
}

function waitSeconds({ openUntil, reason }: TargetFigures, now: number): number {
  const seconds = Math.ceil(((openUntil ?? now) - now) / 1_000);
  return isOutOfService(reason) ? Math.min(seconds, MAX_SERVICE_WAIT_SECONDS) : seconds;
}

function whyNone(open: readonly TargetFigures[]): string {
  const outOfService = open.filter(({ reason }) => isOutOfService(reason)).length;
  if (outOfService === open.length)
    return 'Every target of the plan was taken out of service by an operator; none is called at the moment.';
  if (outOfService > 0)
    return 'Every target of the plan failed too often lately or was taken out of service by an operator; none is called at the moment.';
  return 'Every target of the plan failed too often lately; none is called at the moment.';
}

/** In the words of the refusal itself, and with no more of it: what an upstream says of a key may name the key. */
function lockedOut(open: readonly TargetFigures[]): string {
  const providers = [...new Set(open.map(({ provider }) => provider))];
  const who = providers.length === 1 ? `Provider ${providers[0]}` : `Each of the providers ${providers.join(', ')}`;
  return `${who} did not accept the relay's credentials.`;
}
