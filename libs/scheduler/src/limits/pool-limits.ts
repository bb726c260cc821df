import type { LimitReason } from '@relay/contracts';
import { AdaptiveLimit, type AdaptiveSettings } from '../domain/limits/adaptive-limit';
import type { LimitView } from '../domain/limits/limit-view';
import { RefusalLimit } from '../domain/limits/refusal-limit';
import { ToldAllowance } from '../domain/limits/told-allowance';
import type { SlotReport } from '../slot';

/** A provider's Retry-After is waited for this long at most, ms. */
export const MAX_HOLD_MS = 60_000;

/**
 * How many calls a provider may have at a time: the smallest of what is configured, what its pace allows (with `adaptive`), what its 429s leave, and what
 * its headers tell. Numbers are of all processes together, as far as this one knows; times are ms on one monotonic clock.
 */
export class PoolLimits {
  private readonly refusals: RefusalLimit;
  private readonly allowance = new ToldAllowance();
  private adaptive: AdaptiveLimit | null;
  private heldUntil = Number.NEGATIVE_INFINITY; // by a 429's Retry-After

  constructor(
    private configured: number,
    adaptive?: AdaptiveSettings,
  ) {
    this.adaptive = adaptive ? new AdaptiveLimit(configured, adaptive) : null;
    this.refusals = new RefusalLimit(configured, adaptive?.minConcurrency ?? 1);
  }

  /** After a reload; what was learnt stays. */
  configure(configured: number, adaptive?: AdaptiveSettings): void {
    this.configured = configured;
    if (!adaptive) this.adaptive = null;
    else if (this.adaptive) this.adaptive.configure(configured, adaptive);
    else this.adaptive = new AdaptiveLimit(configured, adaptive);
    this.refusals.configure(configured, adaptive?.minConcurrency ?? 1);
  }

  /** A call begins. */
  started(now: number): void {
    this.allowance.started(now);
  }

  /** A call that began at `startedAt` has ended; `inFlight` counts it, too. */
  observe(report: SlotReport, inFlight: number, now: number, startedAt: number): void {
    const { ttftMs, tpotMs, told, cost, ended } = report;
    this.allowance.observe({ told, cost, inFlight, startedAt, now });
    if (ended === 'completed') this.adaptive?.observe({ ttftMs, tpotMs, inFlight, startedAt, now });
    if (ended === 'rate-limited') this.refused(report.retryAfterMs, inFlight, startedAt, now);
  }

  view(now: number): LimitView {
    let limit = this.configured;
    let limitedBy: LimitReason = 'configured';
    const lower = (to: number | null | undefined, reason: LimitReason): void => {
      if (to === null || to === undefined || to >= limit) return;
      limit = to;
      limitedBy = reason;
    };
    lower(this.adaptive?.limit, 'adaptive');
    lower(this.refusals.limit(now), 'rate-limited');
    lower(this.allowance.limit(now), 'headers');
    const toldUntil = this.allowance.heldUntil(now) ?? Number.NEGATIVE_INFINITY;
    const heldUntil = Math.max(this.heldUntil, toldUntil);
    if (heldUntil <= now) return { limit, limitedBy, heldUntil: null };
    return { limit, limitedBy: toldUntil > this.heldUntil ? 'headers' : 'rate-limited', heldUntil };
  }

  /** Calls at a time that the provider's pace allows; null without `adaptive`. */
  get adaptiveLimit(): number | null {
    return this.adaptive?.limit ?? null;
  }

  /** Time to first token that is too slow, ms; null without `adaptive`, or while it is not known. */
  get ttftTargetMs(): number | null {
    return this.adaptive?.ttftTargetMs ?? null;
  }

  /** Time per output token that is too slow, ms; null likewise. */
  get tpotTargetMs(): number | null {
    return this.adaptive?.tpotTargetMs ?? null;
  }

  /** How often the limit was lowered for slow answers, since the start. */
  get slowCount(): number {
    return this.adaptive?.slowCount ?? 0;
  }

  /** How often the limit was lowered for 429s, since the start. */
  get refusalCount(): number {
    return this.refusals.count;
  }

  private refused(retryAfterMs: number | undefined, inFlight: number, startedAt: number, now: number): void {
    this.refusals.lower(inFlight, startedAt, now);
    if (retryAfterMs !== undefined && retryAfterMs > 0)
      this.heldUntil = Math.max(this.heldUntil, now + Math.min(retryAfterMs, MAX_HOLD_MS));
  }
}
