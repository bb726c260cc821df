import type { UpstreamFailed, UpstreamOutcome } from '../ports/upstream-client.port';

/**
 * What an outcome says about the target: `well`: it answered, if only to refuse this request; `forbidden`: it refused, for the prompt
 * or for the key; `limited`: it is there and limits the rate; `failed`; `locked`: it does not take the relay's key; `nothing`: the
 * client left, or the request never reached it.
 */
export type Judgement = 'well' | 'forbidden' | 'limited' | 'failed' | 'locked' | 'nothing';

/** A request may set a deadline that no upstream can meet: one shorter than this, in ms, is not the target's failure. */
const MIN_BLAMED_DEADLINE_MS = 10_000;

/** `waitedMs`: how long the call took. */
export function judgeOutcome(outcome: UpstreamOutcome, waitedMs: number): Judgement {
  if (outcome.kind === 'completed') return 'well';
  switch (outcome.error.code) {
    case 'upstream_rate_limited':
      return 'limited';
    case 'upstream_timeout':
      return judgeTimeout(outcome, waitedMs);
    case 'upstream_error':
      return judgeStatus(outcome.upstreamStatus);
    default: // the request's fault in the upstream's eyes, or an end that the relay or its client chose
      return outcome.passthrough === null ? 'nothing' : 'well';
  }
}

/** The deadline of the request gives a final failure; the time-outs of the provider leave room for another try, or cut a stream. */
function judgeTimeout({ retryable, started }: UpstreamFailed, waitedMs: number): Judgement {
  const isDeadline = !retryable && !started;
  return isDeadline && waitedMs < MIN_BLAMED_DEADLINE_MS ? 'nothing' : 'failed';
}

/**
 * Without a status there was no connection, or it broke; with 2xx the answer was cut or made no sense. Some upstreams answer 403 to a
 * prompt that they do not like: whoever sends such prompts must not close the target to others. A 402 says that there is no credit.
 */
function judgeStatus(status: number | null): Judgement {
  if (status === 401) return 'locked';
  if (status === 403) return 'forbidden';
  if (status === null || status === 402) return 'failed';
  return status >= 400 && status < 500 ? 'well' : 'failed';
}
