import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@relay/core';
import { BackgroundStore, LEASE_MS, type ClaimedResponse } from '@relay/responses';
import { patiently } from '../patiently';
import type { Outcome } from './outcomes';

/** Writes down how a response ended. The answer is paid for: a database that is away for a moment must not have it asked again. */
@Injectable()
export class PatientEnd {
  constructor(
    private readonly store: BackgroundStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Rejects when the database is away for as long as the lease holds. */
  async end(claimed: ClaimedResponse, owner: string, { status, answer }: Outcome): Promise<void> {
    await patiently(this.clock, LEASE_MS, () => this.store.finish(claimed, owner, status, answer));
  }
}
