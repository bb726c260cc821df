import { Injectable, Logger } from '@nestjs/common';
import { LabelBook, SemanticStore, WarmingQueue } from '@relay/cache';
import { EmbeddingService } from '@relay/embedding';

/** Any text does: with its vector the embedder tells its id. */
const PROBE = 'hello';

/** Keeps the semantic cache in bounds and up to date, and warmings going. */
@Injectable()
export class CacheMaintenance {
  private readonly logger = new Logger(CacheMaintenance.name);

  constructor(
    private readonly semantic: SemanticStore,
    private readonly labels: LabelBook,
    private readonly embedding: EmbeddingService,
    private readonly warmings: WarmingQueue,
  ) {}

  /** Rejects with the first thing that fails; the next round goes on from there. */
  async run(): Promise<void> {
    await this.warmings.addLost();
    await this.labels.maintain();
    const { expired, evicted } = await this.semantic.maintain();
    if (evicted > 0)
      this.logger.log(`removed ${evicted} entries beyond the bound of their owner, ${expired} past their time`);
    await this.reembed();
  }

  /** The embedder is not started for a cache that is empty. */
  private async reembed(): Promise<void> {
    const counts = await this.semantic.counts();
    if (!counts.some(({ active }) => active > 0)) return;
    if (this.embedding.id === null) await this.embedding.embed(PROBE);
    const renewed = await this.semantic.reembed(this.embedding);
    if (renewed > 0)
      this.logger.log(`embedded ${renewed} entries anew with ${this.embedding.id ?? 'another embedder'}`);
  }
}
