import type { CancelSignal } from '@relay/core';
import type { Flight } from './flight';
import type { Cockpit, Delivery, FlightFacts, Landing } from './passenger';

/** What one pilot has of a flight, until another takes over. */
export class FlightCockpit implements Cockpit {
  /** What the pilot gives back is what another process flew. */
  followed = false;

  constructor(
    private readonly flight: Flight,
    private readonly delivery: Delivery,
  ) {}

  get signal(): CancelSignal {
    return this.flight.signal;
  }

  get watchedElsewhere(): boolean {
    return this.flight.isWatched;
  }

  keepFlying(): void {
    if (this.isMine) this.flight.keepFlying();
  }

  departed(facts: FlightFacts): void {
    if (this.isMine) this.flight.departed(facts);
  }

  onFrames(frames: Buffer, resume: () => void): boolean {
    return !this.isMine || this.flight.pass(frames, resume);
  }

  claim(): 'mine' | Promise<'mine' | 'elsewhere'> {
    return this.flight.skies?.claim(this.flight) ?? 'mine';
  }

  async follow(): Promise<Landing | 'mine'> {
    const { flight } = this;
    if (flight.skies === null) return 'mine';
    flight.followsElsewhere();
    const landing = await flight.skies.follow(flight, this);
    this.followed = landing !== 'mine';
    flight.followsNoMore(this.followed ? null : this.delivery);
    return landing;
  }

  private get isMine(): boolean {
    return this.flight.cockpit === this;
  }
}
