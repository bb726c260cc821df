import { tokenCost } from '@relay/contracts';
import type { UpstreamOutcome } from '@relay/providers';
import type { SlotReport } from '@relay/scheduler';
import type { Job } from '../job';
import { answerLength } from './answer-length';

const LIMITED_STATUSES: ReadonlySet<number> = new Set([429, 529]);
/** Errors after which an upstream may have worked all the same. */
const UNTOLD: ReadonlySet<string> = new Set(['client_closed', 'upstream_timeout']);

/** No call takes more, in tokens; what is said beyond would bar a tenant from its share for good. */
const MAX_COST_TOKENS = 20_000_000;

/** What matters of a request for how its call went. */
interface ReportedJob {
  readonly request: Pick<Job['request'], 'n'>;
  readonly trace: Pick<Job['trace'], 'stream'>;
}

/** What the scheduler learns from a call that ended. */
export function slotReportOf(outcome: UpstreamOutcome, { request, trace: { stream } }: ReportedJob): SlotReport {
  const report: Mutable<SlotReport> = { ended: endOf(outcome) };
  const cost = costOf(outcome);
  if (cost !== undefined) report.cost = cost;
  if (outcome.told) report.told = outcome.told;
  if (outcome.kind === 'failed' || !stream) return report;
  const { ttftMs, totalMs } = outcome;
  const tokens = answerLength(outcome, request) ?? 0;
  report.ttftMs = ttftMs;
  if (tokens > 1) report.tpotMs = (totalMs - ttftMs) / (tokens - 1);
  return report;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function endOf(outcome: UpstreamOutcome): SlotReport['ended'] {
  if (outcome.kind === 'completed') return 'completed';
  const { error, upstreamStatus } = outcome;
  if (upstreamStatus !== null && LIMITED_STATUSES.has(upstreamStatus)) return 'rate-limited';
  return error.code === 'client_closed' ? 'left' : 'failed';
}

/** Tokens, output counted double; undefined where nobody knows, so that what was predicted stands. */
function costOf(outcome: UpstreamOutcome): number | undefined {
  const { usage } = outcome;
  if (usage) return Math.min(tokenCost(usage.inputTokens, usage.outputTokens), MAX_COST_TOKENS);
  const didNothing = outcome.kind === 'failed' && !outcome.started && !UNTOLD.has(outcome.error.code);
  return didNothing ? 0 : undefined;
}
