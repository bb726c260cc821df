import { AttemptLimiter } from './domain/attempt-limiter';
import { networkOf } from './network-of';

const MINUTE_MS = 60_000;
const MAX_REMEMBERED = 10_000; // accounts or networks, of each kind
const ATTEMPTS_PER_ACCOUNT_AND_NETWORK = 10; // a minute
const ATTEMPTS_PER_NETWORK = 60; // a minute; each costs 19 MiB and 40–90 ms of a core
/** From everywhere together: guessing from many networks gets no further than 9,600 passwords a day. */
const ATTEMPTS_PER_ACCOUNT = 100;
const ACCOUNT_WINDOW_MS = 15 * MINUTE_MS;
/** Passwords checked at once: their memory is bounded by 32 × 19 MiB. */
const MAX_CHECKS = 32;
const BUSY_RETRY_MS = 1_000;

/**
 * Bounds how often passwords are guessed: for an account from one network, for one network, for an account from everywhere. A network from
 * which its user has logged in is spared the last, so that strangers cannot lock him out.
 */
export class LoginThrottle {
  private readonly here = limiter(ATTEMPTS_PER_ACCOUNT_AND_NETWORK, MINUTE_MS);
  private readonly networks = limiter(ATTEMPTS_PER_NETWORK, MINUTE_MS);
  private readonly accounts = limiter(ATTEMPTS_PER_ACCOUNT, ACCOUNT_WINDOW_MS);
  private readonly known = new Set<string>(); // account and network of logins that succeeded, oldest first
  private checks = 0;

  /** Counts an attempt and lets it begin (0), which `ended` has to follow; or the ms after which to try again. */
  begin(email: string, address: string, nowMs: number): number {
    const network = networkOf(address);
    const account = email.toLowerCase();
    const place = `${account} ${network}`;
    const waitMs =
      this.networks.attempt(network, nowMs) ||
      this.here.attempt(place, nowMs) ||
      (this.known.has(place) ? 0 : this.accounts.attempt(account, nowMs));
    if (waitMs > 0) return waitMs;
    if (this.checks >= MAX_CHECKS) return BUSY_RETRY_MS;
    this.checks += 1;
    return 0;
  }

  ended(): void {
    this.checks -= 1;
  }

  succeeded(email: string, address: string): void {
    const place = `${email.toLowerCase()} ${networkOf(address)}`;
    this.here.forget(place);
    this.known.delete(place);
    this.known.add(place);
    const oldest = this.known.values().next();
    if (this.known.size > MAX_REMEMBERED && !oldest.done) this.known.delete(oldest.value);
  }
}

function limiter(attempts: number, windowMs: number): AttemptLimiter {
  return new AttemptLimiter({ attempts, windowMs, maxKeys: MAX_REMEMBERED });
}
