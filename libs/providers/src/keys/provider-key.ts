import { MAX_RETRY_AFTER_MS } from '../domain/retry-after';
import { MinuteWindow } from './minute-window';

export interface KeySettings {
  readonly value: string;
  readonly weight: number;
  readonly limits: { readonly requestsPerMinute?: number | undefined; readonly tokensPerMinute?: number | undefined };
}

export interface KeyRest {
  readonly reason: 'refused' | 'limited';
  readonly forMs: number;
}

/** A key that was refused rests so long, in ms, and twice as long each time it is refused again. */
const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 15 * 60_000;
/** A key that was limited without a word of when to come back rests so long, in ms. */
const UNTOLD_REST_MS = 5_000;

/** One key of a provider: how often it is its turn, whether it rests, what it has used. Times are ms of a monotonic clock. */
export class ProviderKey {
  readonly value: string;
  readonly weight: number;
  /** What it has waited for its turn, in weights; `KeyRing` keeps it. */
  credit = 0;
  private readonly requests = new MinuteWindow();
  private readonly tokens = new MinuteWindow();
  /** Most providers limit each model for itself. Models are those of the configuration, which bounds them. */
  private readonly limitedUntil = new Map<string, number>();
  private refusedUntil = 0;
  private refusals = 0; // in a row

  constructor(private readonly settings: KeySettings) {
    this.value = settings.value;
    this.weight = settings.weight;
  }

  /** Why it cannot be used for a model (null: for any of them) now, and for how many ms; null if it can. */
  restAt(now: number, model: string | null): KeyRest | null {
    if (this.refusedUntil > now) return { reason: 'refused', forMs: this.refusedUntil - now };
    const untils = model === null ? [...this.limitedUntil.values()] : [this.limitedUntil.get(model) ?? 0];
    const forMs = Math.max(0, ...untils.map((until) => until - now), ...this.fullForMs(now));
    return forMs > 0 ? { reason: 'limited', forMs } : null;
  }

  used(now: number): void {
    this.requests.add(1, now);
  }

  spent(tokens: number, now: number): void {
    this.tokens.add(tokens, now);
  }

  worked(): void {
    this.refusals = 0;
    this.refusedUntil = 0;
  }

  /** Gives how long it rests, in ms; null if it rested already, and was asked for want of a better one. */
  refused(now: number): number | null {
    if (this.refusedUntil > now) return null;
    const restMs = Math.min(FIRST_REST_MS * 2 ** this.refusals, LONGEST_REST_MS);
    this.refusals++;
    this.refusedUntil = now + restMs;
    return restMs;
  }

  limited(model: string, now: number, forMs: number | null): void {
    this.limitedUntil.set(model, now + Math.min(forMs ?? UNTOLD_REST_MS, MAX_RETRY_AFTER_MS));
  }

  private fullForMs(now: number): number[] {
    const { requestsPerMinute = Infinity, tokensPerMinute = Infinity } = this.settings.limits;
    return [
      ...(this.requests.total(now) >= requestsPerMinute ? [this.requests.untilRoomMs(now)] : []),
      ...(this.tokens.total(now) >= tokensPerMinute ? [this.tokens.untilRoomMs(now)] : []),
    ];
  }
}
