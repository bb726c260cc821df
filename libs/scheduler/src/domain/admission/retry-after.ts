const MIN_RETRY_SECONDS = 1;
const MAX_RETRY_SECONDS = 60;
/** Retry-After is stretched by up to this share, so that refused clients do not come back all at once. */
const JITTER = 0.25;
const MS_PER_SECOND = 1_000;

/** Whole seconds, 1 to 60, after which the work that is ahead now is done; `random` is in [0, 1). */
export function retryAfterSeconds(waitMs: number, random: number): number {
  const seconds = Math.ceil((waitMs / MS_PER_SECOND) * (1 + JITTER * random));
  return Math.min(MAX_RETRY_SECONDS, Math.max(MIN_RETRY_SECONDS, seconds));
}
