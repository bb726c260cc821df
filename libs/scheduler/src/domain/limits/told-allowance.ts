import type { ToldLimits } from '@relay/contracts';
import { StartLog } from './start-log';

/** What was told is believed for this long at most, ms: daily quotas name hours, nonsense names years. */
const MAX_BELIEVED_MS = 60_000;
/** Older starts than these many are forgotten; news from before them are too old to be of use. */
const STARTS_KEPT = 4_096;
/** Weight of the newest call in the mean cost. */
const SMOOTHING = 0.1;

/** What may still be started until `resetAt`, as of the moment when `started` calls had been started in all. */
interface Allowance {
  readonly left: number;
  readonly started: number;
  readonly toldBy: number; // when the call began whose reply said so
  readonly resetAt: number;
}

/** A call that ended. Times in ms, on one monotonic clock. */
export interface ToldCall {
  readonly told?: ToldLimits | undefined;
  readonly cost?: number | undefined; // tokens
  readonly startedAt: number;
  readonly now: number;
}

/**
 * What a provider allows by the headers of its replies: of `remaining` it has seen the calls that came before the one it answers, so what was
 * started since is taken off. Starts of other processes show in the next reply.
 */
export class ToldAllowance {
  private readonly starts = new StartLog(STARTS_KEPT);
  private requests: Allowance | null = null;
  private tokens: Allowance | null = null;
  private meanCost: number | null = null;

  started(now: number): void {
    this.starts.add(now);
  }

  /** A call that was announced by `started` was not made. It was taken off of what earlier calls told, and of that only. */
  cancelled(startedAt: number): void {
    this.requests = withoutCall(this.requests, startedAt);
    this.tokens = withoutCall(this.tokens, startedAt);
  }

  observe({ told, cost, startedAt, now }: ToldCall): void {
    if (cost !== undefined && cost > 0)
      this.meanCost = this.meanCost === null ? cost : this.meanCost + SMOOTHING * (cost - this.meanCost);
    if (told === undefined) return;
    const { remainingRequests, requestsResetMs, remainingTokens, tokensResetMs } = told;
    this.requests = this.renewed(this.requests, remainingRequests, requestsResetMs, startedAt, now);
    this.tokens = this.renewed(this.tokens, this.callsFor(remainingTokens), tokensResetMs, startedAt, now);
  }

  /** Nothing may be started before; null: now. */
  heldUntil(now: number): number | null {
    const spent = this.live(now).filter((allowance) => this.leftOf(allowance, this.starts.total) <= 0);
    return spent.length === 0 ? null : Math.max(...spent.map(({ resetAt }) => resetAt));
  }

  private live(now: number): Allowance[] {
    const live: Allowance[] = [];
    if (this.requests !== null && this.requests.resetAt > now) live.push(this.requests);
    if (this.tokens !== null && this.tokens.resetAt > now) live.push(this.tokens);
    return live;
  }

  private leftOf({ left, started }: Allowance, total: number): number {
    return left - (total - started);
  }

  /** What is told by the call that began last counts; nonsense, and what is too old to be of use, changes nothing. */
  private renewed(
    before: Allowance | null,
    remaining: number | undefined,
    resetMs: number | undefined,
    toldBy: number,
    now: number,
  ): Allowance | null {
    if (remaining === undefined || resetMs === undefined || !(remaining >= 0) || !(resetMs > 0)) return before;
    if (before !== null && before.resetAt > now && toldBy < before.toldBy) return before;
    const since = this.starts.since(toldBy);
    if (since === null) return before;
    const resetAt = now + Math.min(resetMs, MAX_BELIEVED_MS);
    return { left: Math.floor(remaining) - since, started: this.starts.total, toldBy, resetAt };
  }

  /** So many calls of the usual cost; undefined if nothing is known about that, but for no tokens at all. */
  private callsFor(tokens: number | undefined): number | undefined {
    if (tokens === undefined || tokens === 0) return tokens;
    return this.meanCost === null ? undefined : tokens / this.meanCost;
  }
}

const withoutCall = (allowance: Allowance | null, startedAt: number): Allowance | null =>
  allowance !== null && startedAt > allowance.toldBy ? { ...allowance, left: allowance.left + 1 } : allowance;
