import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock, RelayError } from '@relay/core';
import { LoopMeter } from './loop-meter';

/** Verdicts are counted over so long; a flood is turned away from the window after the one in which it was seen. */
export const WINDOW_MS = 100;
/** From so many requests in a window on it is a flood, if it gets no more than a few through. */
export const FLOOD_REQUESTS = 10;
/** Of those that were let in: so many were refused for overload. Those still being answered are none of them. */
const REFUSED_SHARE = 0.9;
/** The same of a flood that is turned away: of the few that are looked at more are answered, and those are not the ones that make it one. */
const STILL_REFUSED_SHARE = 0.5;
/** Share of the time in which the process is at work. Below, every request is looked at: it may be in the cache. */
const BUSY_FROM = 0.6;
/**
 * What it takes to look at a request and refuse it, ms. Those that were turned away count as work that was spared: the process would have
 * time for the flood only because it is kept out, and be busy again in the window after it was let in.
 */
const LOOK_MS = 0.5;
/** One in so many is looked at all the same: that is how it is seen that there is room again. */
export const LOOKED_AT_EVERY = 10;

interface Tally {
  requests: number; // those that were turned away among them
  letIn: number;
  refused: number; // for overload, of those that were let in
  retryAfterSeconds: number;
}

/** What the requests of a flood are told, by API key: the same to all of one window. */
type Floods = ReadonlyMap<string, RelayError>;

const NO_FLOODS: Floods = new Map();

/**
 * Keeps the flood of one API key from taking the process away from all others. To refuse a request costs about half a millisecond once it
 * has been read, planned and looked up; at a thousand a second nobody else gets an answer in time. Where the process is busy and a key is
 * refused nearly everything for overload, most of its requests are therefore turned away as soon as their key is known.
 */
@Injectable()
export class Doorkeeper {
  private tallies = new Map<string, Tally>(); // of this window, by API key: bounded by its requests
  private floods: Floods = NO_FLOODS; // seen in the window before
  private windowEndsAt = 0; // monotonic ms
  private turnedAwayInAll = 0;
  private spared = 0; // requests of this window that were turned away

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
    this.spared++;
    return flood;
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
    const isBusy = this.loop.sinceLast() + (this.spared * LOOK_MS) / WINDOW_MS >= BUSY_FROM;
    this.floods = isBusy && !isStale ? floodsAmong(this.tallies, this.floods) : NO_FLOODS;
    this.tallies = new Map();
    this.spared = 0;
    this.windowEndsAt = now + WINDOW_MS;
  }
}

function floodsAmong(tallies: ReadonlyMap<string, Tally>, before: Floods): Floods {
  const floods = new Map<string, RelayError>();
  for (const [keyId, tally] of tallies) if (isFlood(tally, before.has(keyId))) floods.set(keyId, refusalOf(tally));
  return floods;
}

const refusalOf = ({ retryAfterSeconds }: Tally): RelayError =>
  new RelayError(
    'overloaded',
    'The relay is busy, and nearly all requests of this key are refused: too many wait already.',
    { retryAfterSeconds },
  );

const isFlood = ({ requests, letIn, refused }: Tally, wasFlood: boolean): boolean =>
  requests >= FLOOD_REQUESTS && refused > 0 && refused >= letIn * (wasFlood ? STILL_REFUSED_SHARE : REFUSED_SHARE);
