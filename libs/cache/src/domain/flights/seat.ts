import { toRelayError, type CancelSignal } from '@relay/core';
import type { Backlog } from './backlog';
import { crashed, laggedBy, leftBy } from './landings';
import type { Arrival, Cockpit, Crashed, Delivery, FlightFacts, Landing } from './passenger';

/** Who may sit in a flight: a passenger of this process, or another process, which takes any delivery and cannot pilot here. */
export interface Boarding {
  readonly delivery: Delivery | 'any';
  readonly signal: CancelSignal;
  readonly pilot: ((cockpit: Cockpit) => Promise<Landing>) | null;
  /** Of another process: frames wait for the way to it, and nobody there reads slowly. */
  readonly isBehind?: boolean;
  onFrames(frames: Buffer, resume: () => void, facts: FlightFacts): boolean;
}

/** What a seat needs of its flight. */
export interface SeatHost {
  readonly backlog: Backlog;
  readonly facts: FlightFacts | null;
  /** Somebody may take frames again. */
  ready(): void;
  /** One leaves before the end. True: it flies on, and is told at the landing. */
  left(seat: Seat, why: Crashed): boolean;
  /** One throws, which it should not. */
  faulted(thrown: unknown): void;
}

/** One who is aboard: how far it has read, and how it is told the end. */
export class Seat {
  /** Asked to wait: takes no frames until it resumes. */
  paused = false;
  /** Number of the next frame to hand out. */
  next = 0;
  private heardBytes = 0;
  /** What there was already: nobody is late for not having heard that at once. */
  private readonly joinedAt: number;
  private draining = false;
  private settled = false;
  /** The flight's end, told when all frames before it were taken. */
  private ending: Arrival | null = null;
  /** What there was when the flight ended: it may go on with others aboard. */
  private rest: Pick<SeatHost, 'backlog' | 'facts'> | null = null;

  constructor(
    readonly boarding: Boarding,
    private readonly flight: SeatHost,
    private readonly arrive: (arrival: Arrival) => void,
  ) {
    this.joinedAt = flight.backlog.bytes;
    boarding.signal.addEventListener('abort', this.leave);
  }

  /** Of the answer that is on its way now. */
  get hasHeard(): boolean {
    return this.next > 0;
  }

  /** Hands out what is there and was not heard yet, until told to wait. */
  drain(): void {
    const { backlog, facts } = this.rest ?? this.flight;
    if (this.draining || facts === null) return;
    this.draining = true;
    while (!this.paused && !this.settled && this.next < backlog.end) {
      const frames = backlog.at(this.next++);
      if (frames === undefined) break;
      this.heardBytes += frames.length;
      this.hand(frames, facts);
    }
    this.draining = false;
    if (this.ending && this.next >= backlog.end) this.settle(this.ending);
  }

  lags(maxBytes: number): boolean {
    return this.flight.backlog.bytes - Math.max(this.heardBytes, this.joinedAt) > maxBytes;
  }

  /** Has to be waited for: so far behind, but not for want of reading. */
  holdsUp(maxBytes: number): boolean {
    return this.paused && this.boarding.isBehind === true && this.lags(maxBytes);
  }

  tooSlow(maxBytes: number): void {
    this.putDown(laggedBy(maxBytes));
  }

  /** The flight has ended; who listens live hears the rest of it first. */
  land(arrival: Arrival): void {
    const { backlog, facts } = this.flight;
    if (!arrival.live || this.next >= backlog.end) return this.settle(arrival);
    this.ending = arrival;
    this.rest = { backlog, facts };
  }

  settle(arrival: Arrival): void {
    if (this.settled) return;
    this.settled = true;
    this.boarding.signal.removeEventListener('abort', this.leave);
    this.arrive(arrival);
  }

  private hand(frames: Buffer, facts: FlightFacts): void {
    this.paused = true; // a `resume` during the call counts
    try {
      if (this.boarding.onFrames(frames, this.resume, facts)) this.paused = false;
    } catch (thrown) {
      this.flight.faulted(thrown);
      this.putDown(crashed(toRelayError(thrown), false, true));
    }
  }

  private readonly resume = (): void => {
    this.paused = false;
    this.drain();
    this.flight.ready();
  };

  private readonly leave = (): void => {
    this.putDown(leftBy(this.boarding.signal));
  };

  /** Off the flight; whoever flies hears only at the landing how it went. */
  private putDown(why: Crashed): void {
    const { ending } = this;
    if (ending) this.settle({ ...ending, landing: why });
    else if (!this.flight.left(this, why)) this.settle({ landing: why, piloted: false, live: false });
  }
}
