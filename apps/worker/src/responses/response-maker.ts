import { Injectable } from '@nestjs/common';
import { Principals } from '@relay/auth';
import { Cancellation, type CancelSignal } from '@relay/core';
import { BackgroundStore, Leases, type ClaimedResponse, type Lease, type ResponseName } from '@relay/responses';
import { PatientEnd } from './patient-end';
import { ResponseAsker, type Later } from './response-asker';
import { expired, interruptedTooOften, keyIsGone, type Outcome } from './outcomes';

/** Begun so often without an end, it is what brings workers down. */
const MAX_ATTEMPTS = 5;

/** Makes responses that nobody waits for, each under a lease: whatever happens, one of those who began it ends it. */
@Injectable()
export class ResponseMaker {
  constructor(
    private readonly leases: Leases,
    private readonly store: BackgroundStore,
    private readonly principals: Principals,
    private readonly asker: ResponseAsker,
    private readonly ending: PatientEnd,
  ) {}

  /** False: it has not ended, and is to be tried again soon, or when it says. Rejects when the database is away. */
  async make(name: ResponseName, stop: CancelSignal): Promise<boolean | Later> {
    const lease = await this.leases.take(name);
    if (typeof lease === 'string') return lease === 'ended';
    const interrupt = (): void => lease.signal.abort();
    stop.addEventListener('abort', interrupt, { once: true });
    if (stop.aborted) interrupt();
    try {
      return await this.work(lease, stop);
    } finally {
      stop.removeEventListener('abort', interrupt);
      lease.end();
    }
  }

  private async work({ claimed, signal }: Lease, stop: CancelSignal): Promise<boolean | Later> {
    const { owner } = this.leases;
    const outcome = await this.outcomeOf(claimed, signal);
    if (signal.aborted && !stop.aborted) return false; // cancelled or lost: the next look at the row tells
    if ('afterMs' in outcome) {
      await this.store.release(claimed, owner);
      return stop.aborted ? false : outcome;
    }
    await this.ending.end(claimed, owner, outcome, stop);
    return true;
  }

  private async outcomeOf(claimed: ClaimedResponse, signal: Cancellation): Promise<Outcome | Later> {
    if (claimed.isExpired) return expired(claimed);
    if (claimed.attempts > MAX_ATTEMPTS) return interruptedTooOften(claimed);
    const principal = await this.principals.byKeyId(claimed.keyId, claimed.tenantId);
    return principal === null ? keyIsGone(claimed) : this.asker.ask(claimed, principal, signal);
  }
}
