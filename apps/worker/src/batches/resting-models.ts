import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';

/** So many lines in a row that were told to come again, with none answered in between: it is their model rather than they. */
const REFUSALS_IN_A_ROW = 8;
/** Batches whose models are remembered, and models of each; one that is forgotten is asked a few times more. */
const MAX_BATCHES = 10_000;
const MAX_MODELS = 100;

interface Refused {
  readonly inARow: number;
  readonly until: number; // monotonic, ms
}

/** Models of batches that do not answer now, by what this process was told: lines of others are asked meanwhile. */
@Injectable()
export class RestingModels {
  private readonly batches = new LRUCache<string, Map<string, Refused>>({ max: MAX_BATCHES });

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** A line was told to come again, after so long. */
  refused(batchId: string, model: string, afterMs: number): void {
    const models = this.batches.get(batchId) ?? new Map<string, Refused>();
    const inARow = (models.get(model)?.inARow ?? 0) + 1;
    const until = inARow < REFUSALS_IN_A_ROW ? 0 : this.clock.monotonic() + afterMs;
    models.delete(model);
    models.set(model, { inARow, until });
    const [oldest] = models.keys();
    if (models.size > MAX_MODELS && oldest !== undefined) models.delete(oldest);
    this.batches.set(batchId, models);
  }

  answered(batchId: string, model: string): void {
    this.batches.get(batchId)?.delete(model);
  }

  /** Of which nothing is to be asked now. */
  of(batchId: string): string[] {
    const now = this.clock.monotonic();
    const models = [...(this.batches.get(batchId) ?? [])];
    return models.filter(([, { until }]) => until > now).map(([model]) => model);
  }

  /** How long it is until the first of them may be asked again; 0: none rests. */
  restMs(batchId: string): number {
    const now = this.clock.monotonic();
    const left = [...(this.batches.get(batchId)?.values() ?? [])]
      .map(({ until }) => until - now)
      .filter((ms) => ms > 0);
    return left.length === 0 ? 0 : Math.min(...left);
  }
}
