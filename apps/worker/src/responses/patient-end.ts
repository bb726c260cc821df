import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type CancelSignal, type Clock } from '@relay/core';
import { BackgroundStore, LEASE_MS, type ClaimedResponse } from '@relay/responses';
import { patiently } from '../patiently';
import type { Outcome } from './outcomes';

/** Written no later than so long after it came, as lines of batches are; nobody else makes it meanwhile, unless it lost the lease. */
const PATIENCE_MS = 600_000;

/** Writes down how a response ended. The answer is paid for: a database that is away for a while must not have it asked again. */
@Injectable()
export class PatientEnd {
  constructor(
    private readonly store: BackgroundStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Rejects when the database is away for longer, or as long as a lease holds after the process was told to stop. */
  async end(claimed: ClaimedResponse, owner: string, { status, answer }: Outcome, stop: CancelSignal): Promise<void> {
    const write = (): Promise<boolean> => this.store.finish(claimed, owner, status, answer);
    try {
      await patiently(this.clock, PATIENCE_MS, write, stop);
    } catch (error) {
      if (!stop.aborted) throw error;
      await patiently(this.clock, LEASE_MS, write);
    }
  }
}
