/** What a model did longer ago than this says nothing any more, ms. */
const RECENT_MS = 10_000;
/** Models that are kept in mind, those that came first; far more than a provider's configuration has. */
const MAX_MODELS = 1_000;

/** Whether a provider's 429s are about the account or about one of its models: providers limit both. Times in ms, on one monotonic clock. */
export class RefusingModels {
  private readonly models = new Map<string, { answeredAt: number; refusedAt: number }>();

  answered(model: string, now: number): void {
    this.of(model).answeredAt = now;
  }

  /** A 429. True if no other model was answered lately without one: then less of everything may help. */
  refused(model: string, now: number): boolean {
    this.of(model).refusedAt = now;
    for (const [other, { answeredAt, refusedAt }] of this.models) {
      if (other !== model && now - answeredAt < RECENT_MS && now - refusedAt >= RECENT_MS) return false;
    }
    return true;
  }

  private of(model: string): { answeredAt: number; refusedAt: number } {
    const known = this.models.get(model);
    if (known) return known;
    const fresh = { answeredAt: -Infinity, refusedAt: -Infinity };
    if (this.models.size < MAX_MODELS) this.models.set(model, fresh);
    return fresh;
  }
}
