import { targetKey, type RouteCandidate } from '@relay/contracts';
import type { TargetFigures, UpstreamFailed, UpstreamObserver } from '@relay/providers';
import type { Job } from '../job';
import { drawOf } from '../seed';
import { backOffMs, pause } from './back-off';
import { nobodyLeft, cancelled, notSent } from './no-answer';
import { Race, type Rival } from './race';
import { notePassedOver, type Tried } from './tried';
import type { UpstreamTools } from './upstream-tools';

const RETRY_BUDGET_EXHAUSTED = 'retry_budget_exhausted';
/** Calls that a target must have had before its P95 says when one is slow: of fewer it is their slowest. */
const MIN_SAMPLES = 20;

interface Full {
  readonly candidate: RouteCandidate;
  readonly opensAtMs: number; // since the request arrived
  readonly since: number; // its place in line, monotonic ms
}

interface ChainTerms {
  /** At most this many candidates of the plan. */
  readonly reach: number;
  /** A slow first call gets a rival, if the plan says so. */
  readonly hedged: boolean;
}

/**
 * The candidates of one request, asked in their order. After a failure the next one is asked at once; when none is left, the same one
 * again after a wait. Bounded by the attempts of the plan, its deadline, and the retry budget of each provider.
 */
export class Chain {
  private readonly left: RouteCandidate[];
  private readonly open: TargetFigures[] = []; // targets that were passed over
  private failures = 0; // calls that failed, over all answers
  private sent = false; // something was sent for the answer that is looked for
  private overdrawn = false; // a retry was refused for want of budget
  private full: Full | null = null; // whose provider has room first
  private back: Full | null = null; // the one that is asked again

  constructor(
    private readonly job: Job,
    private readonly tools: UpstreamTools,
    private readonly terms: ChainTerms,
  ) {
    this.left = this.able(job.planned.plan.route.candidates).slice(0, terms.reach);
  }

  /** There are candidates that nobody has asked yet. */
  get hasMore(): boolean {
    return this.left.length > 0;
  }

  /** An answer of the candidates that are left, or the failure that stands. */
  async answer(observer: UpstreamObserver): Promise<Tried> {
    const { bills, clock } = this.tools;
    const { signal } = this.job.exchange;
    this.sent = false;
    let candidate = this.next();
    if (candidate === null) return nobody(nobodyLeft(this.open, clock.now()));
    for (;;) {
      const tried = await this.ask(candidate, observer);
      const { outcome } = tried;
      if (outcome.kind === 'completed' || !this.mayGoOn(tried, outcome)) return tried;
      this.noteFull(tried);
      candidate = this.next() ?? (await this.again(tried, outcome)) ?? this.afterWindow();
      if (candidate === null && !signal.aborted) return tried;
      bills.setAside(this.job.trace, tried);
      if (candidate === null) return nobody(notSent(cancelled(signal)));
    }
  }

  /** Those that can be asked just this; all of them where none can, for the client to be told why. */
  private able(candidates: readonly RouteCandidate[]): readonly RouteCandidate[] {
    if (candidates.length < 2) return candidates;
    const able = candidates.filter((candidate) => !this.tools.caller.isBeyond(this.job, candidate));
    return able.length > 0 ? able : candidates;
  }

  private mayGoOn({ note }: Tried, { started, retryable }: UpstreamFailed): boolean {
    if (note) {
      this.sent = true;
      this.failures++;
    }
    if (started || !retryable || this.job.exchange.signal.aborted) return false;
    return this.failures < this.job.planned.plan.retries.maxAttempts;
  }

  private ask(candidate: RouteCandidate, observer: UpstreamObserver): Promise<Tried> {
    const { job, tools } = this;
    const afterMs = this.hedgeAfterMs(candidate);
    if (afterMs !== null) return new Race(job, tools, { candidate, afterMs, rival: this.rival, observer }).run();
    return tools.caller.call(job, candidate, {
      observer,
      signal: job.exchange.signal,
      since: this.back?.candidate === candidate ? this.back.since : undefined,
      kind: this.sent ? 'again' : 'first',
    });
  }

  /** The next candidate that may be called; those that may not are passed over, which the trace shows. */
  private next(): RouteCandidate | null {
    for (let candidate = this.nextFree(); candidate; candidate = this.nextFree()) {
      if (!this.isOpen(candidate) && (!this.sent || this.mayRetry(candidate))) return candidate;
    }
    return null;
  }

  /** Those whose provider's rate limit is used up come after those that may be called; if there are no others, they wait in line. */
  private nextFree(): RouteCandidate | undefined {
    const free = this.left.findIndex((candidate) => !this.tools.caller.isHeld(this.job, candidate));
    return free > 0 ? this.left.splice(free, 1)[0] : this.left.shift();
  }

  /** The same candidate once more, after a wait; null if that is of no use, or if the client left meanwhile. */
  private async again({ candidate, note }: Tried, { retryAfterMs }: UpstreamFailed): Promise<RouteCandidate | null> {
    // A full line does not get shorter by standing in it twice; and where the budget forbids to ask a sound target, it is no time
    // for asking again one that fails.
    if (note === null || candidate === null || this.overdrawn) return null;
    const { trace, exchange, planned } = this.job;
    const { clock } = this.tools;
    const waitMs = backOffMs(this.failures, retryAfterMs, drawOf(exchange.traceId));
    const openUntil = this.figures(candidate)?.openUntil ?? 0;
    if (waitMs >= trace.remainingMs(planned.plan.deadlineMs) || openUntil > clock.now() + waitMs) return null;
    if (!this.mayRetry(candidate)) return null;
    const startMs = trace.elapsed();
    await pause(clock, waitMs, exchange.signal);
    trace.stage('backoff', startMs, { attempt: this.failures });
    return exchange.signal.aborted || this.isOpen(candidate) ? null : candidate;
  }

  private noteFull({ candidate, full }: Tried): void {
    if (candidate === null || !full) return;
    const opensAtMs = this.job.trace.elapsed() + full.opensInMs;
    if (this.full === null || opensAtMs < this.full.opensAtMs) this.full = { candidate, opensAtMs, since: full.since };
  }

  /** Of the candidates that were passed over for their provider's rate limits, the one that has room first: it waits in that one's line. */
  private afterWindow(): RouteCandidate | null {
    const { full } = this;
    const { trace, exchange, planned } = this.job;
    if (full === null || exchange.signal.aborted) return null;
    this.full = null;
    const now = trace.elapsed();
    const waitMs = Math.max(0, full.opensAtMs - now);
    if (waitMs >= trace.remainingMs(planned.plan.deadlineMs) || this.isOpen(full.candidate)) return null;
    trace.noteStage('window', now, 0, { provider: full.candidate.provider, opensInMs: Math.ceil(waitMs) });
    this.back = full;
    return full.candidate;
  }

  /** Null: no hedge. Only streams have a figure of their own for how long their first content takes. */
  private hedgeAfterMs(candidate: RouteCandidate): number | null {
    const { hedge, maxAttempts } = this.job.planned.plan.retries;
    if (hedge === null || !this.terms.hedged || this.sent || this.left.length === 0) return null;
    if (this.failures + 2 > maxAttempts) return null;
    if (hedge.afterMs !== null) return hedge.afterMs;
    const figures = this.job.trace.stream ? this.figures(candidate) : undefined;
    return figures && figures.samples >= MIN_SAMPLES ? figures.ttftP95Ms : null;
  }

  /** The next candidate that is sound, has a slot free at once and budget left; a hedge never waits in line. */
  private readonly rival = (): Rival | null => {
    const { job, tools } = this;
    const { budget } = job.planned.plan.retries;
    let reason = 'no_free_slot';
    for (const [at, candidate] of this.left.entries()) {
      if ((this.figures(candidate)?.breaker ?? 'closed') !== 'closed') continue;
      if (!tools.budgets.allows(candidate.provider, budget)) {
        reason = RETRY_BUDGET_EXHAUSTED;
        continue;
      }
      const slot = tools.caller.freeSlot(job, candidate);
      if (slot === null) continue;
      tools.budgets.withdraw(candidate.provider, budget);
      this.left.splice(at, 1);
      this.failures++; // two calls are under way; if one answers, nobody asks how many failed
      job.trace.noteStage('hedge', job.trace.elapsed(), 0, { provider: candidate.provider, sent: true });
      return { candidate, slot };
    }
    job.trace.noteStage('hedge', job.trace.elapsed(), 0, { sent: false, reason });
    return null;
  };

  private mayRetry({ provider }: RouteCandidate): boolean {
    const { trace, planned } = this.job;
    if (this.tools.budgets.withdraw(provider, planned.plan.retries.budget)) return true;
    this.overdrawn = true;
    trace.noteStage('retry', trace.elapsed(), 0, { provider, reason: RETRY_BUDGET_EXHAUSTED });
    return false;
  }

  private isOpen(candidate: RouteCandidate): boolean {
    const figures = this.figures(candidate);
    if (figures?.breaker !== 'open') return false;
    notePassedOver(this.job.trace, candidate, figures);
    this.open.push(figures);
    return true;
  }

  private figures({ provider, upstreamModel }: RouteCandidate): TargetFigures | undefined {
    return this.tools.monitor.figures().get(targetKey(provider, upstreamModel));
  }
}

const nobody = (outcome: UpstreamFailed): Tried => ({ candidate: null, outcome, note: null });
