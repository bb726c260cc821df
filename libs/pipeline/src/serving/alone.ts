import type { Arrival, Cockpit, FlightFacts, Passenger } from '@relay/cache';
import { type CancelSignal, RelayError } from '@relay/core';

/** A flight with one passenger that nobody else may join: the cache is left out, or the client wants an answer of its own. */
export async function flyAlone(passenger: Passenger): Promise<Arrival> {
  const cockpit = new OwnCockpit(passenger);
  return { landing: await passenger.pilot(cockpit), piloted: true, live: cockpit.heard };
}

class OwnCockpit implements Cockpit {
  readonly signal: CancelSignal;
  readonly watchedElsewhere = false;
  private facts: FlightFacts | null = null;

  constructor(private readonly passenger: Passenger) {
    this.signal = passenger.signal;
  }

  get heard(): boolean {
    return this.facts !== null;
  }

  keepFlying(): void {
    // Nobody could find the answer, so it is not fetched for nobody.
  }

  departed(facts: FlightFacts): void {
    this.facts = facts;
  }

  onFrames(frames: Buffer, resume: () => void): boolean {
    if (this.facts === null) throw new RelayError('internal_error', 'A flight handed out frames before it departed.');
    return this.passenger.onFrames(frames, resume, this.facts);
  }

  claim(): 'mine' {
    return 'mine';
  }

  follow(): Promise<'mine'> {
    return Promise.resolve('mine');
  }
}
