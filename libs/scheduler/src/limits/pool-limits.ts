import { AdaptiveLimit, type AdaptiveSettings } from '../domain/limits/adaptive-limit';
import type { LimitView } from '../domain/limits/limit-view';
import { RefusalLimit } from '../domain/limits/refusal-limit';
import { RefusingModels } from '../domain/limits/refusing-models';
import { ToldAllowance } from '../domain/limits/told-allowance';
import type { SlotReport } from '../slot';

/** Models of a provider whose rate limits are kept in mind; further ones are called until they refuse. */
const MAX_MODELS = 1_000;

/** By what it was that lowered a limit: slow answers, or 429s. */
export type LoweredCounts = Readonly<Record<'slow' | 'rate-limited', number>>;

/** A call that used a slot and has ended. Times are ms on one monotonic clock. */
export interface UsedSlot {
  readonly model: string; // as the provider knows it
  readonly inFlight: number; // calls of all processes as far as is known, this one included
  readonly startedAt: number;
}

/**
 * How many calls a provider may have at a time: the smallest of what is configured, what its pace allows (with `adaptive`) and what its
 * 429s leave, unless these are about one of several models only. Beside that, for each of its models, what the provider tells of its rate limits in headers: those are counted by model, and say
 * nothing about the others. (A model that asks to be left alone by Retry-After is passed over by its breaker.) Numbers are of all processes
 * together, as far as this one knows.
 */
export class PoolLimits {
  private readonly refusals: RefusalLimit;
  private readonly models = new RefusingModels();
  private readonly allowances = new Map<string, ToldAllowance>(); // by model, of those whose provider tells
  private adaptive: AdaptiveLimit | null;

  constructor(
    private configured: number,
    adaptive?: AdaptiveSettings,
  ) {
    this.adaptive = adaptive ? new AdaptiveLimit(configured, adaptive) : null;
    this.refusals = new RefusalLimit(configured, adaptive?.minConcurrency ?? 1);
  }

  get configuredLimit(): number {
    return this.configured;
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
  started(model: string, now: number): void {
    this.allowances.get(model)?.started(now);
  }

  /** A call that was announced by `started` was not made. */
  cancelled(model: string, startedAt: number): void {
    this.allowances.get(model)?.cancelled(startedAt);
  }

  observe(report: SlotReport, { model, inFlight, startedAt }: UsedSlot, now: number): void {
    const { ttftMs, tpotMs, told, cost, ended } = report;
    const allowance = this.allowances.get(model) ?? (told && this.listenTo(model));
    allowance?.observe({ told, cost, startedAt, now });
    if (ended === 'completed') {
      this.models.answered(model, now);
      this.adaptive?.observe({ ttftMs, tpotMs, inFlight, startedAt, now });
    }
    if (ended === 'rate-limited' && this.models.refused(model, now)) this.refusals.lower(inFlight, startedAt, now);
  }

  /** Another process found that the provider takes no more. */
  adopt(limit: number, now: number): void {
    this.adaptive?.adopt(limit, now);
  }

  view(now: number): LimitView {
    const { configured } = this;
    const byPace = this.adaptive?.limit(now) ?? configured;
    const byRefusals = this.refusals.limit(now);
    if (byRefusals < Math.min(byPace, configured)) return { limit: byRefusals, limitedBy: 'rate-limited' };
    return byPace < configured
      ? { limit: byPace, limitedBy: 'adaptive' }
      : { limit: configured, limitedBy: 'configured' };
  }

  /** Until when a model's rate limit leaves room for no call; null: there is room. */
  heldUntil(model: string, now: number): number | null {
    return this.allowances.get(model)?.heldUntil(now) ?? null;
  }

  /** Models that may not be called now, with the time until when. */
  held(now: number): { readonly model: string; readonly until: number }[] {
    return [...this.allowances].flatMap(([model, allowance]) => {
      const until = allowance.heldUntil(now);
      return until === null ? [] : { model, until };
    });
  }

  /** How often the limit was lowered, since the start. */
  get lowered(): LoweredCounts {
    return { slow: this.adaptive?.slowCount ?? 0, 'rate-limited': this.refusals.count };
  }

  private listenTo(model: string): ToldAllowance | undefined {
    if (this.allowances.size >= MAX_MODELS) return undefined;
    const allowance = new ToldAllowance();
    this.allowances.set(model, allowance);
    return allowance;
  }
}
