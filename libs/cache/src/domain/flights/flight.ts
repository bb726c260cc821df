import type { ErrorCode } from '@relay/contracts';
import { Cancellation, type CancelSignal, type RelayError } from '@relay/core';
import { Backlog } from './backlog';
import { FlightCockpit, type CockpitHost } from './cockpit';
import { faulty } from './landings';
import type { Arrival, Cockpit, Crashed, Delivery, FlightFacts, Landing } from './passenger';
import { Seat, type Boarding, type SeatHost } from './seat';

/** Pilots that one flight may have, one after the other; then its failure is everybody's. */
export const MAX_PILOTS = 2;
/** The upstream waits for a process that lags behind by so much of what anybody may, while those who read there do not. */
const HELD_UP_AT = 1 / 2;
/** Why passengers leave when their process shuts down: it is time for all of them. */
const RELAY_STOPS: ErrorCode = 'unavailable';

/** Told by a flight about itself. */
export interface FlightHost {
  /** Nobody may join any more: it lands, everybody left, or it grew too long to be heard from its beginning. */
  onClosed(flight: Flight): void;
  onTakeover(flight: Flight): void;
  onLanded(flight: Flight): void;
  /** A pilot or a passenger threw, which it should not. */
  onFault(thrown: unknown): void;
}

/** The other processes, as a flight meets them. */
export interface Skies {
  claim(flight: Flight): 'mine' | Promise<'mine' | 'elsewhere'>;
  follow(flight: Flight, cockpit: Cockpit): Promise<Landing | 'mine'>;
  /** This process stops: the others have to see for themselves. They are off the flight when this returns. */
  ground(flight: Flight): void;
}

/**
 * One upstream call and all who want its answer.
 *
 *     pilot --frames--> backlog --+--> seat of the pilot
 *                                 +--> seat that joined late: hears the backlog, then live
 *                                 +--> seat of another process
 *     pilot --landing-----------------> all seats; another delivery than the pilot's is served from its answer
 *
 * A pilot that fails before any frame is followed by another passenger. One that leaves flies on while somebody is aboard. When another
 * process that is followed is lost, who has heard nothing of it stays aboard.
 */
export class Flight implements SeatHost, CockpitHost {
  backlog = new Backlog();
  facts: FlightFacts | null = null;
  /** The present pilot's, or that of the process that is followed. */
  delivery: Delivery = 'whole';
  /** Among those under way in this process. */
  place = 0;
  /** Among those of all processes, while it is claimed there. */
  number: string | null = null;
  cockpit: FlightCockpit | null = null;
  /** Pilots so far, also in other processes. */
  pilots = 0;
  private readonly aboard = new Set<Seat>();
  private readonly cancellation = new Cancellation();
  private pilotSeat: Seat | null = null;
  /** Why the pilot has no seat any more though it flies. */
  private putDown: Crashed | null = null;
  private kept = false;
  /** Another process flies: when nobody is aboard here there is nothing to keep. */
  private following = false;
  /** The answer is another process's. */
  private followed = false;
  private closed = false;
  private resumeUpstream: (() => void) | null = null;

  constructor(
    readonly key: string,
    /** Most that anybody may lag behind of what came since it boarded, and most that a late joiner hears at once, in bytes. */
    private readonly maxBacklogBytes: number,
    private readonly host: FlightHost,
    readonly skies: Skies | null,
  ) {}

  get signal(): CancelSignal {
    return this.cancellation;
  }

  get passengers(): number {
    return this.aboard.size;
  }

  get joinable(): boolean {
    return !this.closed;
  }

  get isWatched(): boolean {
    for (const { boarding } of this.aboard) if (boarding.pilot === null) return true;
    return false;
  }

  /** Takes one aboard: the first one pilots at once, later ones hear at once what there is. */
  board(boarding: Boarding, arrive: (arrival: Arrival) => void): void {
    const seat = new Seat(boarding, this, arrive);
    this.aboard.add(seat);
    if (this.cockpit === null) this.fly(seat, boarding.pilot);
    else if (this.hears(seat)) seat.drain();
    this.ready();
  }

  keepFlying(): void {
    this.kept = true;
  }

  departed(facts: FlightFacts): void {
    this.facts = facts;
  }

  claim(): 'mine' | Promise<'mine' | 'elsewhere'> {
    return this.skies?.claim(this) ?? 'mine';
  }

  async follow(cockpit: Cockpit): Promise<Landing | 'mine'> {
    if (this.skies === null) return 'mine';
    this.following = true;
    if (this.aboard.size === 0) this.abandon();
    const landing = await this.skies.follow(this, cockpit);
    this.following = false;
    this.followed = landing !== 'mine';
    if (landing !== 'mine') return landing;
    if (this.putDown === null) this.prepare(); // nothing was heard of the other process
    return this.putDown === null ? 'mine' : this.handOver(this.putDown);
  }

  /** The process that is followed is gone. Who has heard frames of it has no other way on; the others begin anew. */
  lost(why: Crashed): void {
    for (const seat of this.aboard) {
      if (!seat.hasHeard) continue;
      this.aboard.delete(seat);
      seat.land({ landing: why, piloted: false, live: true });
      if (seat !== this.pilotSeat) continue;
      this.pilotSeat = null;
      this.putDown = why;
    }
    this.backlog = new Backlog();
    this.resumeUpstream = null;
    this.prepare();
    if (this.aboard.size === 0) this.abandon(why.error);
  }

  /** Hands frames to all who listen. False: they are all busy, or another process has to catch up; `resume` is called when it may go on. */
  pass(frames: Buffer, resume: () => void): boolean {
    if (this.facts === null) throw new Error('A flight has to depart before its first frames.');
    this.backlog.push(frames);
    for (const seat of this.aboard) if (this.hears(seat)) seat.drain();
    if (this.backlog.bytes > this.maxBacklogBytes) this.shorten();
    if (!this.hasToWait) return true;
    this.resumeUpstream = resume;
    return false;
  }

  ready(): void {
    const { resumeUpstream } = this;
    if (resumeUpstream === null || this.hasToWait) return;
    this.resumeUpstream = null;
    resumeUpstream();
  }

  left(seat: Seat, why: Crashed): boolean {
    this.aboard.delete(seat);
    const pilots = seat === this.pilotSeat;
    if (pilots) this.putDown = why;
    const stops = why.error.code === RELAY_STOPS;
    if (stops || (this.aboard.size === 0 && (!this.kept || this.following))) this.abandon(why.error);
    else this.ready();
    if (stops) this.skies?.ground(this);
    return pilots && !this.following;
  }

  faulted(thrown: unknown): void {
    this.host.onFault(thrown);
  }

  private fly(seat: Seat, pilot: Boarding['pilot']): void {
    if (pilot === null) return;
    const cockpit = new FlightCockpit(this);
    this.pilots++;
    this.pilotSeat = seat;
    this.putDown = null;
    this.cockpit = cockpit;
    this.prepare();
    start(pilot, seat.boarding, cockpit).then(
      (landing) => this.land(landing),
      (thrown: unknown) => {
        this.faulted(thrown);
        this.land(faulty(thrown));
      },
    );
  }

  /** Ready to depart: with the pilot's delivery, and nobody known who answers. */
  private prepare(): void {
    const delivery = this.pilotSeat?.boarding.delivery;
    if (delivery !== undefined && delivery !== 'any') this.delivery = delivery;
    this.facts = null;
  }

  /** Whoever was to fly has left while another process flew: somebody else is to, who has all tries before it. */
  private handOver(why: Crashed): Crashed {
    this.pilots--;
    return { ...why, mayRetry: true };
  }

  private land(landing: Landing): void {
    if (landing.kind === 'failed' && landing.mayRetry && this.takeOver(landing)) return;
    this.close();
    this.resumeUpstream = null;
    const heard = this.backlog.end > 0 || (landing.kind === 'landed' && landing.tail.length > 0);
    const { pilotSeat } = this;
    if (pilotSeat && !this.aboard.has(pilotSeat)) this.landAbsent(pilotSeat, landing);
    for (const seat of this.aboard) {
      const live = heard && this.hears(seat);
      seat.land({ landing, piloted: seat === pilotSeat && !this.followed, live });
    }
    this.host.onLanded(this);
  }

  /** Puts another passenger into the cockpit, if there is one who can and may. */
  private takeOver(failure: Crashed): boolean {
    if (this.pilots >= MAX_PILOTS || this.backlog.end > 0 || this.signal.aborted) return false;
    const old = this.pilotSeat;
    for (const seat of this.aboard) {
      const { pilot } = seat.boarding;
      if (seat === old || pilot === null) continue;
      this.fly(seat, pilot);
      this.host.onTakeover(this);
      if (old) this.aboard.delete(old);
      old?.settle({ landing: failure, piloted: true, live: false });
      return true;
    }
    return false;
  }

  /** The pilot flew on without a seat: its client left, or read too slowly. */
  private landAbsent(seat: Seat, landing: Landing): void {
    const why = seat.boarding.signal.aborted ? null : this.putDown;
    seat.settle({ landing: why ?? landing, piloted: !this.followed, live: true });
  }

  /** Too long to be kept from its beginning: closed, and only what somebody has yet to hear is kept. */
  private shorten(): void {
    this.close();
    let first = this.backlog.end;
    for (const seat of this.aboard) {
      if (!this.hears(seat)) continue;
      if (seat.lags(this.maxBacklogBytes)) seat.tooSlow(this.maxBacklogBytes);
      else first = Math.min(first, seat.next);
    }
    this.backlog.dropBefore(first);
  }

  private hears({ boarding }: Seat): boolean {
    return boarding.delivery === 'any' || boarding.delivery === this.delivery;
  }

  /** All are busy, or another process cannot be told as fast as frames come. */
  private get hasToWait(): boolean {
    let allBusy = this.aboard.size > 0;
    for (const seat of this.aboard) {
      if (!seat.paused) allBusy = false;
      else if (seat.holdsUp(this.maxBacklogBytes * HELD_UP_AT)) return true;
    }
    return allBusy;
  }

  private abandon(reason?: RelayError): void {
    this.close();
    this.cancellation.abort(reason);
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    this.host.onClosed(this);
  }
}

/** What a pilot throws is how it failed. */
async function start(pilot: NonNullable<Boarding['pilot']>, boarding: Boarding, cockpit: Cockpit): Promise<Landing> {
  return pilot.call(boarding, cockpit);
}
