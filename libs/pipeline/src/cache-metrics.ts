import { Injectable } from '@nestjs/common';
import { ExactCache, Flights, LabelBook, SemanticCache, SemanticStore } from '@relay/cache';
import { EmbeddingService } from '@relay/embedding';
import { Metrics, type WatchedFamily } from '@relay/trace';

type Figures = Readonly<Record<string, number>>;

/** Lets the metrics read how the cache of this process fares whenever somebody scrapes. Hits by kind are told by relay_requests_total. */
@Injectable()
export class CacheMetrics {
  constructor(
    metrics: Metrics,
    private readonly exact: ExactCache,
    private readonly flights: Flights,
    private readonly semantic: SemanticCache,
    private readonly store: SemanticStore,
    private readonly labels: LabelBook,
    private readonly embeddings: EmbeddingService,
  ) {
    metrics.watch([...this.ofExact(), ...this.ofFlights(), ...this.ofSemantic(), ...this.ofLearning()]);
  }

  private ofExact(): WatchedFamily[] {
    const l1 = () => this.exact.stats().l1;
    return [
      gauge('l1_entries', 'Answers in the memory of the process', () => l1().entries),
      gauge('l1_bytes', 'Their bytes', () => l1().bytes),
      gauge('l1_max_bytes', 'The bytes that they may take', () => l1().maxBytes),
      events('l1', 'Look-ups in memory, and what had to make room', () => {
        const { hits, misses, evictions } = l1();
        return { hits, misses, evictions, tooLarge: this.exact.stats().tooLarge };
      }),
      gauge('l2_pending_writes', 'Answers on their way to Redis', () => this.exact.stats().l2?.pendingWrites ?? 0),
      events('l2', 'Look-ups and writes in Redis', () => {
        const { pendingWrites: _gauge, ...counts } = this.exact.stats().l2 ?? { pendingWrites: 0 };
        return counts;
      }),
    ];
  }

  private ofFlights(): WatchedFamily[] {
    const now = (): Figures => {
      const { flying, aboard } = this.flights.stats();
      return { flying, aboard };
    };
    return [
      {
        ...family('flights', 'Upstream calls that equal requests may share, and requests aboard'),
        type: 'gauge',
        label: 'of',
        read: now,
      },
      events('flight', 'What became of shared calls', () => {
        const { flown, shared, takeovers, elsewhere } = this.flights.stats();
        return { flown, shared, takeovers, ...prefixed('elsewhere', numbersOf(elsewhere ?? {})) };
      }),
    ];
  }

  private ofSemantic(): WatchedFamily[] {
    return [
      events('semantic', 'What came of look-ups by meaning, and of learning from them', () => this.semantic.stats()),
      events('semantic_store', 'Look-ups and inserts of the store of entries by meaning', () => {
        const { refused, ...counts } = this.store.stats();
        return { ...counts, ...prefixed('refused', refused) };
      }),
    ];
  }

  private ofLearning(): WatchedFamily[] {
    return [
      gauge('labels', 'Labels of neighbours in memory', () => this.labels.stats().labels),
      events('label', 'Labels that were never stored, and alarms of a changed error rate', () => {
        const { lost, driftAlarms } = this.labels.stats();
        return { lost, driftAlarms };
      }),
      gauge('embedding_queue', 'Texts that the embedder has', () => this.embeddings.stats().queue),
      events('embedding', 'Texts that requests wanted to have embedded', () => {
        const { queue: _gauge, ...counts } = this.embeddings.stats();
        return counts;
      }),
    ];
  }
}

const family = (name: string, help: string): { name: string; help: string } => ({ name: `relay_cache_${name}`, help });

const gauge = (name: string, help: string, value: () => number): WatchedFamily => ({
  ...family(name, help),
  type: 'gauge',
  read: () => ({ '': value() }),
});

/** Counts by what happened, in snake case. */
const events = (name: string, help: string, read: () => Figures): WatchedFamily => ({
  ...family(`${name}_events_total`, help),
  type: 'counter',
  label: 'event',
  read: () => Object.fromEntries(Object.entries(read()).map(([event, count]) => [snakeCase(event), count])),
});

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const prefixed = (prefix: string, figures: Figures): Figures =>
  Object.fromEntries(Object.entries(figures).map(([name, count]) => [`${prefix}_${name}`, count]));

const numbersOf = (figures: object): Figures =>
  Object.fromEntries(Object.entries(figures).filter((pair): pair is [string, number] => typeof pair[1] === 'number'));
