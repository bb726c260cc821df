import type { BudgetHold, RateReservation } from '@relay/scheduler';
import type { RequestTrace } from '../request-trace';

/** What became of one call: null where the upstream did not tell. */
export interface CallBill {
  readonly tokens: number | null;
  readonly usd: number | null;
}

/**
 * What one request reserved, and what it really took. Settled once, when the request has ended and none of its calls runs any more: a
 * call may outlast its request, because others wait for the same answer.
 */
export class RequestAccount {
  private reservation: RateReservation | null = null;
  private readonly untold: BudgetHold[] = []; // of calls whose upstream told no usage
  private openCalls = 0;
  private told = 0; // tokens, over all calls
  private paidUsd = 0;
  private hasUntold = false; // tokens
  private trace: RequestTrace | null = null; // set when the request has ended

  /** Its tenant and key let it in. */
  admitted(reservation: RateReservation): void {
    this.reservation = reservation;
  }

  callBegins(): void {
    this.openCalls++;
  }

  /** `hold`: what was reserved of the tenant's budget for this call. */
  callEnds({ tokens, usd }: CallBill, hold: BudgetHold | null): void {
    this.openCalls--;
    this.told += tokens ?? 0;
    if (tokens === null) this.hasUntold = true;
    this.paidUsd += usd ?? 0;
    if (hold && usd === null) this.untold.push(hold);
    else hold?.settle(usd ?? 0);
    this.settleIfDone();
  }

  /** The request has had its reply, whatever it was. */
  end(trace: RequestTrace): void {
    this.trace = trace;
    this.settleIfDone();
  }

  private settleIfDone(): void {
    if (this.trace === null || this.openCalls > 0) return;
    const { reservation } = this;
    this.reservation = null;
    const own = this.trace.cacheSource === null ? this.trace : null; // else its figures are those of another request
    const counted = own?.tokens ? own.tokens.inputTokens + own.tokens.outputTokens : null;
    // What nobody told or counted stays as it was predicted: somebody may have been charged for it.
    if (!this.hasUntold) reservation?.settle(this.told);
    else if (counted !== null) reservation?.settle(Math.max(counted, this.told));
    this.settleUntold(Number(own?.costUsd ?? 0));
  }

  /** Money counts as the traces have it: what was counted here instead of told by the upstream, and nothing for what nobody knows. */
  private settleUntold(costUsd: number): void {
    let restUsd = Math.max(0, costUsd - this.paidUsd);
    for (const hold of this.untold.splice(0)) {
      hold.settle(restUsd);
      restUsd = 0;
    }
  }
}
