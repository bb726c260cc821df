import type { BudgetHold, RateReservation } from '@relay/scheduler';
import type { RequestTrace } from '../request-trace';

/** What became of one call: null where the upstream did not tell. */
export interface CallBill {
  readonly tokens: number | null;
  readonly usd: number | null;
}

/** What one request reserved, and what its calls really took. */
export class RequestAccount {
  private reservation: RateReservation | null = null;
  private readonly untold: BudgetHold[] = []; // of calls whose upstream told no usage
  private told = 0; // tokens, over all calls
  private paidUsd = 0;
  private hasUntold = false; // tokens

  /** Its tenant and key let it in. */
  admitted(reservation: RateReservation): void {
    this.reservation = reservation;
  }

  /** `hold`: what was reserved of the tenant's budget for this call. */
  callEnded({ tokens, usd }: CallBill, hold: BudgetHold | null): void {
    this.told += tokens ?? 0;
    if (tokens === null) this.hasUntold = true;
    this.paidUsd += usd ?? 0;
    if (hold && usd === null) this.untold.push(hold);
    else hold?.settle(usd ?? 0);
  }

  /** The request has had its reply, whatever it was, and none of its calls runs any more. Settles what is open. */
  end(trace: RequestTrace): void {
    const own = trace.cacheSource === null ? trace : null; // else its figures are those of another request
    const counted = own?.tokens ? own.tokens.inputTokens + own.tokens.outputTokens : null;
    // What nobody told or counted stays as it was predicted: somebody may have been charged for it.
    if (!this.hasUntold) this.reservation?.settle(this.told);
    else if (counted !== null) this.reservation?.settle(Math.max(counted, this.told));
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
