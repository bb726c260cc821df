import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock, RelayError } from '@relay/core';
import { LoopMeter } from './loop-meter';

/** Verdicts are counted over so long; a flood is turned away from the window after the one in which it was seen. */
export const WINDOW_MS = 250;
/** From so many requests in a window on it is a flood, if it gets no more than a few through. */
export const FLOOD_REQUESTS = 25;
/** Of those that were looked at: so many were refused for overload. */
const REFUSED_SHARE = 0.9;
/** Share of the time in which the process is at work. Below, every request is looked at: it may be in the cache. */
const BUSY_FROM = 0.6;
/** One in so many is looked at all the same: that is how it is seen that there is room again. */
export const LOOKED_AT_EVERY = 10;

interface Tally {
  requests: number; // those that were turned away among them
  lookedAt: number;
  refused: number; // for overload, of those that were looked at
  retryAfterSeconds: number;
}

/**
 * Keeps the flood of one tenant from taking the process away from the others. To refuse a request costs about half a millisecond once it
 * has been read, planned and looked up; at a thousand a second nobody else gets an answer in time. Where the process is busy and a tenant
 * is refused nearly everything for overload, most of its requests are therefore turned away as soon as their key is known.
 */
@Injectable()
export class Doorkeeper {
  private tallies = new Map<string, Tally>(); // of this window, by tenant: bounded by its requests
  private floods: ReadonlyMap<string, Tally> = new Map(); // seen in the window before
  private windowEndsAt = 0; // monotonic ms
  private turnedAwayInAll = 0;

  constructor(
    private readonly loop: LoopMeter,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Since the start of the process. */
  get turnedAway(): number {
    return this.turnedAwayInAll;
  }

  /** `overloaded`, for a request that shall not even be read; null lets it in. */
  refusal(tenantId: string): RelayError | null {
    this.roll();
    const tally = this.tallyOf(tenantId);
    tally.requests++;
    const flood = this.floods.size > 0 ? this.floods.get(tenantId) : undefined;
    if (!flood || tally.requests % LOOKED_AT_EVERY === 1) return null;
    this.turnedAwayInAll++;
    const { retryAfterSeconds } = flood;
    const message = 'The relay is busy, and nearly all requests of this tenant are refused: too many wait already.';
    return new RelayError('overloaded', message, { retryAfterSeconds });
  }

  /** How a request ended that was let in. `retryAfterSeconds` of one that was refused for overload, else null. */
  note(tenantId: string, retryAfterSeconds: number | null): void {
    this.roll();
    const tally = this.tallyOf(tenantId);
    tally.lookedAt++;
    if (retryAfterSeconds === null) return;
    tally.refused++;
    tally.retryAfterSeconds = retryAfterSeconds;
  }

  private tallyOf(tenantId: string): Tally {
    let tally = this.tallies.get(tenantId);
    if (!tally) {
      tally = { requests: 0, lookedAt: 0, refused: 0, retryAfterSeconds: 1 };
      this.tallies.set(tenantId, tally);
    }
    return tally;
  }

  private roll(): void {
    const now = this.clock.monotonic();
    if (now < this.windowEndsAt) return;
    const isStale = now >= this.windowEndsAt + WINDOW_MS; // nobody asked for a whole window
    const isBusy = this.loop.sinceLast() >= BUSY_FROM;
    this.floods = isBusy && !isStale ? floodsAmong(this.tallies) : NO_FLOODS;
    this.tallies = new Map();
    this.windowEndsAt = now + WINDOW_MS;
  }
}

const NO_FLOODS: ReadonlyMap<string, Tally> = new Map();

function floodsAmong(tallies: ReadonlyMap<string, Tally>): ReadonlyMap<string, Tally> {
  return new Map([...tallies].filter(([, tally]) => isFlood(tally)));
}

const isFlood = ({ requests, lookedAt, refused }: Tally): boolean =>
  requests >= FLOOD_REQUESTS && refused > 0 && refused >= lookedAt * REFUSED_SHARE;
