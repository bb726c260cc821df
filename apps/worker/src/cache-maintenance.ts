import { Injectable, Logger } from '@nestjs/common';
import { InvalidationQueue, LabelBook, SemanticStore, WarmingQueue } from '@relay/cache';
import { EmbeddingService, RELAY_ITSELF } from '@relay/embedding';

/** Any text does: with its vector the embedder tells its id. */
const PROBE = 'hello';

/** Keeps the semantic cache in bounds and up to date, and invalidations and warmings going. */
@Injectable()
export class CacheMaintenance {
  private readonly logger = new Logger(CacheMaintenance.name);

  constructor(
    private readonly semantic: SemanticStore,
    private readonly labels: LabelBook,
    private readonly embedding: EmbeddingService,
    private readonly invalidations: InvalidationQueue,
    private readonly warmings: WarmingQueue,
  ) {}

  /** What fails keeps nothing else from being done. Rejects at the end with what failed first; the next round goes on from there. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of [
      () => this.invalidations.addLost(),
      () => this.warmings.addLost(),
      () => this.labels.maintain(),
      () => this.tend(),
      () => this.reembed(),
    ]) {
      await step().catch((error: unknown) => failures.push(error));
    }
    for (const error of failures.slice(1)) this.logger.warn(`Upkeep of the cache: ${String(error)}`);
    if (failures.length > 0) throw failures[0];
  }

  private async tend(): Promise<void> {
    const { expired, evicted } = await this.semantic.maintain();
    if (evicted > 0)
      this.logger.log(`removed ${evicted} entries beyond the bound of their owner, ${expired} past their time`);
  }

  /** The embedder is not started for a cache that is empty. */
  private async reembed(): Promise<void> {
    const counts = await this.semantic.counts();
    if (!counts.some(({ active }) => active > 0)) return;
    if (this.embedding.id === null) await this.embedding.embed(PROBE, RELAY_ITSELF);
    const renewed = await this.semantic.reembed(this.embedding);
    if (renewed > 0)
      this.logger.log(`embedded ${renewed} entries anew with ${this.embedding.id ?? 'another embedder'}`);
  }
}
