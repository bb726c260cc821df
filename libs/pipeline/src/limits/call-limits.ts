import { Injectable, Logger } from '@nestjs/common';
import type { RouteCandidate } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { Prices, type UpstreamOutcome } from '@relay/providers';
import {
  type Budget,
  BudgetBook,
  type BudgetHold,
  Budgets,
  NO_WINDOWS,
  type RateCost,
  RateLimits,
  type RateReservation,
  type RateScope,
  type WindowNews,
} from '@relay/scheduler';
import { costUsd, Metrics } from '@relay/trace';
import type { Job } from '../job';
import { expectedTokens } from './expected-tokens';
import { budgetExceeded, rateLimited } from './limit-errors';
import { LimitTable } from './limit-table';
import type { CallBill, RequestAccount } from './request-account';
import { StoredSpend } from './stored-spend';

/** Errors after which an upstream may have worked, and charged, all the same. */
const UNTOLD: ReadonlySet<string> = new Set(['client_closed', 'upstream_timeout']);
const UNTOLD_BILL: CallBill = { tokens: null, usd: null };

/** Why a call may not be made. */
export class CallRefusal {
  constructor(
    readonly error: RelayError,
    /** What the provider's own limits said; null: they were not asked, or it can never pass them. */
    readonly windows: WindowNews | null,
  ) {}

  /** Ms until the provider's limits have room for it; null: waiting is of no use, or not for the relay to do. */
  get opensInMs(): number | null {
    return this.windows?.granted === false ? this.windows.opensInMs : null;
  }
}

/** What one call of an upstream counts for: limits of its model and provider, and budgets of its tenant and key. */
@Injectable()
export class CallLimits {
  private readonly logger = new Logger(CallLimits.name);
  private isBillingBroken = false;

  constructor(
    private readonly table: LimitTable,
    private readonly rates: RateLimits,
    private readonly budgets: Budgets,
    private readonly book: BudgetBook,
    private readonly spend: StoredSpend,
    private readonly metrics: Metrics,
    private readonly prices: Prices,
  ) {}

  /** At once where nothing has a limit. Who is let in has to say how it ended. */
  take(job: Job, candidate: RouteCandidate): CallPermit | CallRefusal | Promise<CallPermit | CallRefusal> {
    const scopes = this.table.ofCall(candidate);
    const { tenant, keyId } = job.exchange.principal;
    const budgets = this.book.hardOf(tenant.id, keyId);
    const usd = budgets.length === 0 ? 0 : this.expectedUsd(job, candidate);
    if (scopes.length > 0 || usd > 0) return this.reserve(job, candidate, scopes, budgets, usd);
    return this.permit(job, candidate, null, null);
  }

  private async reserve(
    job: Job,
    candidate: RouteCandidate,
    scopes: readonly RateScope[],
    budgets: readonly Budget[],
    usd: number,
  ): Promise<CallPermit | CallRefusal> {
    const startMs = job.trace.elapsed();
    const cost = { requests: 1, tokens: expectedTokens(job) };
    // Both at once: the slot is there already, and a store that is away is waited for up to a second.
    const [hold, reserved] = await Promise.all([
      usd > 0 ? this.hold(job, budgets, usd) : null,
      scopes.length > 0 ? this.rates.reserve(scopes, cost) : null,
    ]);
    if (hold instanceof CallRefusal) {
      if (reserved?.ok) reserved.value.release();
      job.trace.stage('limits', startMs, { scope: 'budget' });
      return hold;
    }
    if (reserved === null) return this.permit(job, candidate, hold, null);
    if (reserved.ok) return this.permit(job, candidate, hold, reserved.value, roomOf(scopes, reserved.value, cost));
    hold?.settle(0);
    const { scope, kind, waitMs } = reserved.error;
    job.trace.stage('limits', startMs, { scope: scope.kind, kind, id: scope.id });
    this.metrics.countRateLimited(scope.kind, kind);
    const isWorthWaiting = scope.kind === 'provider' && waitMs !== null;
    const windows = isWorthWaiting ? ({ granted: false, opensInMs: waitMs, kind } as const) : null;
    return new CallRefusal(rateLimited(reserved.error), windows);
  }

  private async hold({ exchange }: Job, budgets: readonly Budget[], usd: number): Promise<BudgetHold | CallRefusal> {
    const inForce = budgets.map((budget) => ({ budget, storedUsd: this.spend.of(budget) }));
    const held = await this.budgets.reserve(inForce, usd);
    if (held.ok) return held.value;
    this.metrics.countBudgetRefused();
    return new CallRefusal(budgetExceeded(held.error, exchange.principal.keyName), null);
  }

  /** Of this candidate; 0 without a price. */
  private expectedUsd({ planned: { predicted } }: Job, candidate: RouteCandidate): number {
    const { inputTokens, outputTokens } = predicted;
    const usage = { inputTokens: inputTokens ?? 0, cachedInputTokens: 0, outputTokens: Math.ceil(outputTokens ?? 0) };
    return Number(costUsd(usage, this.prices.of(candidate)?.price) ?? 0);
  }

  private permit(
    { account }: Job,
    candidate: RouteCandidate,
    hold: BudgetHold | null,
    reservation: RateReservation | null,
    windows = NO_WINDOWS,
  ): CallPermit {
    return new CallPermit(account, hold, reservation, windows, (outcome) => this.billOrUntold(outcome, candidate));
  }

  /** A bill that cannot be made out fails no request: then the call counts as one whose upstream did not tell. */
  private billOrUntold(outcome: UpstreamOutcome, candidate: RouteCandidate): CallBill {
    try {
      const bill = this.bill(outcome, candidate);
      this.isBillingBroken = false;
      return bill;
    } catch (error) {
      if (!this.isBillingBroken)
        this.logger.warn(`What a call of ${candidate.provider} cost is not known: ${String(error)}`);
      this.isBillingBroken = true;
      return UNTOLD_BILL;
    }
  }

  private bill(outcome: UpstreamOutcome, candidate: RouteCandidate): CallBill {
    const { usage } = outcome;
    if (usage) {
      const cost = costUsd(usage, this.prices.of(candidate)?.price);
      return { tokens: usage.inputTokens + usage.outputTokens, usd: Number(cost ?? 0) };
    }
    const isUntold = outcome.kind === 'completed' || outcome.started || UNTOLD.has(outcome.error.code);
    return isUntold ? UNTOLD_BILL : { tokens: 0, usd: 0 };
  }
}

/** For how many further calls such as this one its provider's limits have room. */
function roomOf(scopes: readonly RateScope[], { standings }: RateReservation, cost: RateCost): WindowNews {
  const at = scopes.findIndex(({ kind }) => kind === 'provider');
  const standing = at < 0 ? undefined : standings[at];
  if (!standing) return NO_WINDOWS;
  const { requests, tokens } = standing;
  const byTokens = tokens === null ? Infinity : Math.floor(tokens.remaining / Math.max(1, cost.tokens));
  return { granted: true, room: Math.min(requests?.remaining ?? Infinity, byTokens) };
}

/** The right to make one call. */
export class CallPermit {
  private isOpen = true;

  constructor(
    private readonly account: RequestAccount,
    private readonly hold: BudgetHold | null,
    private readonly reservation: RateReservation | null,
    /** What the provider's own limits said. */
    readonly windows: WindowNews,
    private readonly billOf: (outcome: UpstreamOutcome) => CallBill,
  ) {}

  /** Once. `null`: nothing was sent. What was held of a budget is settled whatever becomes of the rest. */
  end(outcome: UpstreamOutcome | null): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    const bill = outcome ? this.billOf(outcome) : { tokens: 0, usd: 0 };
    try {
      if (outcome === null) this.reservation?.release();
      else if (bill.tokens !== null) this.reservation?.settle(bill.tokens);
    } finally {
      this.account.callEnded(bill, this.hold);
    }
  }
}
