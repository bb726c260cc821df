import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock, RelayError } from '@relay/core';
import { LoopMeter } from './loop-meter';

/** Verdicts are counted over so long; a flood is turned away from the window after the one in which it was seen. */
export const WINDOW_MS = 250;
/** From so many requests in a window on it is a flood, if it gets no more than a few through. */
export const FLOOD_REQUESTS = 25;
/** Of those that were let in: so many were refused for overload. Those still being answered are none of them. */
const REFUSED_SHARE = 0.9;
/** Share of the time in which the process is at work. Below, every request is looked at: it may be in the cache. */
const BUSY_FROM = 0.6;
/** One in so many is looked at all the same: that is how it is seen that there is room again. */
export const LOOKED_AT_EVERY = 10;

interface Tally {
  requests: number; // those that were turned away among them
  letIn: number;
  refused: number; // for overload, of those that were let in
  retryAfterSeconds: number;
}

/**
 * Keeps the flood of one API key from taking the process away from all others. To refuse a request costs about half a millisecond once it
 * has been read, planned and looked up; at a thousand a second nobody else gets an answer in time. Where the process is busy and a key is
 * refused nearly everything for overload, most of its requests are therefore turned away as soon as their key is known.
 */
@Injectable()
export class Doorkeeper {
  private tallies = new Map<string, Tally>(); // of this window, by API key: bounded by its requests
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
  refusal(keyId: string): RelayError | null {
    this.roll();
    const tally = this.tallyOf(keyId);
    tally.requests++;
    const flood = this.floods.size > 0 ? this.floods.get(keyId) : undefined;
    if (!flood || tally.requests % LOOKED_AT_EVERY === 1) {
      tally.letIn++;
      return null;
    }
    this.turnedAwayInAll++;
    const { retryAfterSeconds } = flood;
    const message = 'The relay is busy, and nearly all requests of this key are refused: too many wait already.';
    return new RelayError('overloaded', message, { retryAfterSeconds });
  }

  /** A request that was let in was refused for overload. */
  refused(keyId: string, retryAfterSeconds: number): void {
    this.roll();
    const tally = this.tallyOf(keyId);
    tally.refused++;
    tally.retryAfterSeconds = retryAfterSeconds;
  }

  private tallyOf(keyId: string): Tally {
    let tally = this.tallies.get(keyId);
    if (!tally) {
      tally = { requests: 0, letIn: 0, refused: 0, retryAfterSeconds: 1 };
      this.tallies.set(keyId, tally);
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

const isFlood = ({ requests, letIn, refused }: Tally): boolean =>
  requests >= FLOOD_REQUESTS && refused > 0 && refused >= letIn * REFUSED_SHARE;
