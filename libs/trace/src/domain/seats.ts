import { err, ok, RelayError, type Result } from '@relay/core';

interface SeatLimits {
  readonly what: string; // for the refusal: "live tails"
  readonly inProcess: number;
  readonly perUser: number;
}

const RETRY_AFTER_SECONDS = 10;

/** Places for what holds a connection for long: so many in this process, so many for one user. */
export class Seats {
  private readonly taken = new Map<string, number>(); // by user
  private count = 0;

  constructor(private readonly limits: SeatLimits) {}

  /** Gives the place back when called, once; `rate_limited` where none is free. */
  take(user: string): Result<() => void, RelayError> {
    const { what, inProcess, perUser } = this.limits;
    const own = this.taken.get(user) ?? 0;
    if (own >= perUser) return err(full(`You have ${own} ${what} open; allowed: ${perUser} at a time.`));
    if (this.count >= inProcess)
      return err(full(`This process has ${this.count} ${what} open; allowed: ${inProcess}.`));
    this.count++;
    this.taken.set(user, own + 1);
    let isTaken = true;
    return ok(() => {
      if (isTaken) this.giveBack(user);
      isTaken = false;
    });
  }

  private giveBack(user: string): void {
    this.count--;
    const left = (this.taken.get(user) ?? 1) - 1;
    if (left > 0) this.taken.set(user, left);
    else this.taken.delete(user);
  }
}

const full = (message: string): RelayError =>
  new RelayError('rate_limited', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
