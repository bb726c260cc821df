import type { UpstreamOutcome } from '@relay/providers';
import type { SlotReport } from '@relay/scheduler';

const LIMITED_STATUSES: ReadonlySet<number> = new Set([429, 529]);

/** What the scheduler learns from a call that ended. */
export function slotReportOf(outcome: UpstreamOutcome, stream: boolean): SlotReport {
  const { usage } = outcome;
  const told = outcome.told ?? undefined;
  const common = {
    ...(usage ? { cost: usage.inputTokens + 2 * usage.outputTokens } : {}),
    ...(told ? { told } : {}),
  };
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
