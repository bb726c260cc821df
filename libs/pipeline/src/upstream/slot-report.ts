import type { UpstreamOutcome } from '@relay/providers';
import type { SlotReport } from '@relay/scheduler';

const LIMITED_STATUSES: ReadonlySet<number> = new Set([429, 529]);
/** Errors after which an upstream may have worked all the same. */
const UNTOLD: ReadonlySet<string> = new Set(['client_closed', 'upstream_timeout']);

/** What the scheduler learns from a call that ended. */
export function slotReportOf(outcome: UpstreamOutcome, stream: boolean): SlotReport {
  const { usage } = outcome;
  const told = outcome.told ?? undefined;
  const cost = costOf(outcome);
  const common = { ...(cost === undefined ? {} : { cost }), ...(told ? { told } : {}) };
  if (outcome.kind === 'failed') {
    const { error, upstreamStatus, retryAfterMs } = outcome;
    const isLimited = upstreamStatus !== null && LIMITED_STATUSES.has(upstreamStatus);
    const ended = isLimited ? 'rate-limited' : error.code === 'client_closed' ? 'left' : 'failed';
    return { ...common, ended, ...(isLimited && retryAfterMs !== null ? { retryAfterMs } : {}) };
  }
  const { ttftMs, totalMs } = outcome;
  const tokens = usage?.outputTokens ?? 0;
  return {
    ...{ ...common, ended: 'completed' },
    ...(stream ? { ttftMs } : {}),
    ...(stream && tokens > 1 ? { tpotMs: (totalMs - ttftMs) / (tokens - 1) } : {}),
  };
}

/** Tokens, output counted double; undefined where nobody knows, so that what was predicted stands. */
function costOf(outcome: UpstreamOutcome): number | undefined {
  const { usage } = outcome;
  if (usage) return usage.inputTokens + 2 * usage.outputTokens;
  const didNothing = outcome.kind === 'failed' && !outcome.started && !UNTOLD.has(outcome.error.code);
  return didNothing ? 0 : undefined;
}
