import type { ErrorCode } from '@relay/contracts';
import { type Clock, RelayError } from '@relay/core';
import { retryAfterSeconds } from '../domain/retry-after';
import { failedBeforeStart } from '../adapters/failed-outcome';
import type { UpstreamFailed } from '../ports/upstream-client.port';
import { isOutOfService, type OpenReason } from './target-figures';
import type { TargetHealth } from './target-health';

/** An operator may end it before its time: nobody is told to wait longer, in ms. */
const MAX_WAIT_MS = 60_000;

/** The outcome of a call that is not made because its target is open. */
export function refusedCall(
  provider: string,
  upstreamModel: string,
  health: TargetHealth,
  clock: Clock,
): UpstreamFailed {
  const now = clock.monotonic();
  const { reason, until } = health.admission(now);
  const leftMs = Math.max(0, Math.ceil(until - now));
  const waitMs = isOutOfService(reason) ? Math.min(leftMs, MAX_WAIT_MS) : leftMs;
  const again = new Date(clock.now() + leftMs).toISOString();
  const message = `Target ${provider}/${upstreamModel} ${because(reason)}; it is tried again at ${again}.`;
  const error = new RelayError(codeOf(reason), message, {
    retryAfterSeconds: retryAfterSeconds(waitMs),
  });
  return failedBeforeStart({ error, retryable: true, passthrough: null, retryAfterMs: waitMs });
}

/** As it was when the target was asked. */
function codeOf(reason: OpenReason | null): ErrorCode {
  if (reason === 'rate-limit') return 'upstream_rate_limited';
  return reason === 'credentials' ? 'upstream_error' : 'unavailable';
}

function because(reason: OpenReason | null): string {
  switch (reason) {
    case 'rate-limit':
      return 'limits the rate of requests';
    case 'credentials':
      return "does not accept the relay's credentials";
    case 'forced':
    case 'drained':
      return 'was taken out of service by an operator';
    case 'failures':
    case null:
      return 'failed too often';
    default: {
      const unknown: never = reason;
      return unknown;
    }
  }
}
