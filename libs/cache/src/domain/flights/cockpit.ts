import type { CancelSignal } from '@relay/core';
import type { Cockpit, FlightFacts, Landing } from './passenger';

/** What a cockpit needs of its flight. */
export interface CockpitHost {
  readonly signal: CancelSignal;
  /** Another process is aboard. */
  readonly isWatched: boolean;
  /** The present pilot's. */
  readonly cockpit: Cockpit | null;
  keepFlying(): void;
  departed(facts: FlightFacts): void;
  pass(frames: Buffer, resume: () => void): boolean;
  claim(): 'mine' | Promise<'mine' | 'elsewhere'>;
  follow(cockpit: Cockpit): Promise<Landing | 'mine'>;
}

/** What one pilot has of a flight, until another takes over. */
export class FlightCockpit implements Cockpit {
  constructor(private readonly flight: CockpitHost) {}

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
    return this.isMine ? this.flight.claim() : 'mine';
  }

  follow(): Promise<Landing | 'mine'> {
    return this.flight.follow(this);
  }

  private get isMine(): boolean {
    return this.flight.cockpit === this;
  }
}
