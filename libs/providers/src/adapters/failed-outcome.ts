import type { UpstreamFailure } from '../domain/upstream-failure';
import type { UpstreamFailed } from '../ports/upstream-client.port';

/** The outcome of a call that ended before the upstream said anything. */
export function failedBeforeStart(failure: UpstreamFailure): UpstreamFailed {
  return { kind: 'failed', ...failure, started: false, upstreamStatus: null, usage: null };
}
