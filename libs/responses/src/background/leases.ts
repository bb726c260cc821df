import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Cancellation, CLOCK, type Clock } from '@relay/core';
import { BackgroundStore, type ClaimedResponse, type ResponseName } from './background.store';

/** A cancelled response is given up after this time at most. */
export const RENEWAL_MS = 1_000;

/** One response that this process works on. */
export interface Lease {
  readonly claimed: ClaimedResponse;
  /** Aborted when it was cancelled, removed, or taken by somebody else. */
  readonly signal: Cancellation;
  end(): void;
}

/** A lease that ended, or was given up, is not renewed. */
interface Held {
  readonly name: ResponseName;
  readonly signal: Cancellation;
}

/** What this process works on. One statement a second renews its leases, and finds out which of them are none any more. */
@Injectable()
export class Leases {
  readonly owner = randomUUID();
  private readonly held = new Map<string, Held>();
  private cancelTimer: (() => void) | null = null;

  constructor(
    private readonly store: BackgroundStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get count(): number {
    return this.held.size;
  }

  /** As the store has it. `held`: perhaps by this very process. Rejects when the database is away. */
  async take(name: ResponseName): Promise<Lease | 'ended' | 'held'> {
    const key = keyOf(name);
    if (this.held.has(key)) return 'held';
    const claimed = await this.store.claim(name, this.owner);
    if (typeof claimed === 'string') return claimed;
    const signal = new Cancellation();
    this.held.set(key, { name, signal });
    this.cancelTimer ??= this.clock.after(RENEWAL_MS, () => void this.renew());
    return { claimed, signal, end: () => void this.held.delete(key) };
  }

  private async renew(): Promise<void> {
    const before = [...this.held.values()].filter(({ signal }) => !signal.aborted);
    try {
      const names = await this.store.renew(
        this.owner,
        before.map(({ name }) => name),
      );
      const mine = new Set(names.map(keyOf));
      for (const { name, signal } of before) if (!mine.has(keyOf(name))) signal.abort();
    } catch {
      // The database is away, and what is being made is paid for. A lease that has run out meanwhile is still this process's own unless
      // somebody else took it, which the next renewal that succeeds tells.
    }
    this.cancelTimer = this.held.size > 0 ? this.clock.after(RENEWAL_MS, () => void this.renew()) : null;
  }
}

const keyOf = ({ tenantId, id }: ResponseName): string => `${tenantId} ${id}`;
