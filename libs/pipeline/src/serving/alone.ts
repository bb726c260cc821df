import type { Arrival, Cockpit, FlightFacts, Passenger } from '@relay/cache';
import { Cancellation, type CancelSignal, RelayError } from '@relay/core';

/** A flight with one passenger that nobody else may join: the cache is left out, or the client wants an answer of its own. */
export async function flyAlone(passenger: Passenger): Promise<Arrival> {
  const cockpit = new OwnCockpit(passenger);
  return { landing: await passenger.pilot(cockpit), piloted: true, live: cockpit.heard };
}

class OwnCockpit implements Cockpit {
  readonly watchedElsewhere = false;
  private readonly stop = new Cancellation();
  private kept = false;
  private facts: FlightFacts | null = null;

  constructor(private readonly passenger: Passenger) {
    const { signal } = passenger;
    const left = (): void => {
      const stops = signal.reason instanceof RelayError && signal.reason.code === 'unavailable'; // the relay itself
      if (!this.kept || stops) this.stop.abort(signal.reason);
    };
    if (signal.aborted) left();
    else signal.addEventListener('abort', left, { once: true });
  }

  get signal(): CancelSignal {
    return this.stop;
  }

  get heard(): boolean {
    return this.facts !== null;
  }

  keepFlying(): void {
    this.kept = true;
  }

  departed(facts: FlightFacts): void {
    this.facts = facts;
  }

  onFrames(frames: Buffer, resume: () => void): boolean {
    if (this.facts === null) throw new RelayError('internal_error', 'A flight handed out frames before it departed.');
    return this.passenger.signal.aborted || this.passenger.onFrames(frames, resume, this.facts);
  }

  claim(): 'mine' {
    return 'mine';
  }

  follow(): Promise<'mine'> {
    return Promise.resolve('mine');
  }
}
