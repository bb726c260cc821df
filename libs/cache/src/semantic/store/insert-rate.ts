import { LRUCache } from 'lru-cache';

const MINUTE_MS = 60_000;
/** API keys that are watched in this process; who was silent for longest is forgotten first. */
const MAX_KEYS = 10_000;

interface Window {
  readonly endsAt: number; // ms since the epoch
  used: number;
}

/** How often an API key may insert: so many a minute, counted from its first insert on. In this process only. */
export class InsertRate {
  private readonly windows = new LRUCache<string, Window>({ max: MAX_KEYS });

  take(keyId: string, perMinute: number, now: number): boolean {
    let window = this.windows.get(keyId);
    if (!window || now >= window.endsAt) {
      window = { endsAt: now + MINUTE_MS, used: 0 };
      this.windows.set(keyId, window);
    }
    if (window.used >= perMinute) return false;
    window.used++;
    return true;
  }
}
