import type { RouteCandidate } from '@relay/contracts';
import { isOutOfService, type TargetFigures, type UpstreamOutcome } from '@relay/providers';
import type { AttemptRecord } from '@relay/trace';
import type { RequestTrace } from '../request-trace';

/** The trace's record of an attempt; its last word and its bill may be known only later. */
export type AttemptNote = { -readonly [Key in keyof AttemptRecord]: AttemptRecord[Key] };

/** A provider's own limits, which had no room for a call. */
export interface FullWindow {
  readonly opensInMs: number;
  readonly since: number; // when the request began to wait for its slot; monotonic ms
}

/** What became of a candidate. */
export interface Tried {
  /** Null where nobody was left to ask. */
  readonly candidate: RouteCandidate | null;
  readonly outcome: UpstreamOutcome;
  /** Null where nothing was sent: no slot, an open breaker, or the provider is gone. */
  readonly note: AttemptNote | null;
  /** Not sent for the provider's own limits. */
  readonly full?: FullWindow | null;
}

export function noteCall(
  trace: RequestTrace,
  { provider, upstreamModel }: RouteCandidate,
  startMs: number,
  outcome: UpstreamOutcome,
): AttemptNote {
  const isCompleted = outcome.kind === 'completed';
  const connectMs = isCompleted ? outcome.connectMs : null; // null on a connection that was open already
  const attributes: Record<string, string | number | null> = { provider, model: upstreamModel, connectMs };
  if (isCompleted && outcome.warnings) attributes['warnings'] = outcome.warnings.join('; ');
  const durationMs = trace.stage('upstream', startMs, attributes) - startMs;
  const note: AttemptNote = {
    provider,
    model: upstreamModel,
    outcome: isCompleted ? 'ok' : outcome.error.code,
    upstreamStatus: isCompleted ? outcome.status : outcome.upstreamStatus,
    startMs,
    durationMs,
  };
  trace.attempts.push(note);
  if (isCompleted) trace.finishReason = outcome.finishReason;
  return note;
}

/** A target that was passed over because it was down a moment ago, or because an operator wants it so. */
export function notePassedOver(
  trace: RequestTrace,
  { provider, upstreamModel }: RouteCandidate,
  figures: Pick<TargetFigures, 'reason'> | undefined,
): void {
  const startMs = trace.elapsed();
  const outcome = isOutOfService(figures?.reason ?? null) ? 'out_of_service' : 'breaker_open';
  trace.attempts.push({
    ...{ provider, model: upstreamModel, outcome, upstreamStatus: null },
    ...{ startMs, durationMs: 0 },
  });
}
