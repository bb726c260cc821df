import type { Clock } from '@relay/core';
import { LRUCache } from 'lru-cache';
import { readText, type Reading } from '../domain/semantic/guards';
import type { Neighbour } from '../domain/semantic/semantic-model';

const MAX_BYTES = 8_388_608;
/** Estimates of what is kept for an entry, and for each word or sign of its prompt besides its characters (Node 20). */
const BYTES_AN_ENTRY = 1_000;
const BYTES_A_TERM = 200;
/** Prompts are in the clear here: of an entry that is removed, or whose prompt lies sealed, they are not kept for longer. */
const KEPT_FOR_MS = 300_000;

interface Kept {
  readonly prompt: string;
  readonly reading: Reading;
}

/**
 * Prompts of stored entries, taken apart for guards and scores: five are near each question, and near what is asked often the same ones
 * again and again. By entry, so that the time it takes tells nobody of the words of another scope.
 */
export class StoredReadings {
  private readonly kept: LRUCache<string, Kept>;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.kept = new LRUCache({
      maxSize: MAX_BYTES,
      sizeCalculation: ({ prompt, reading }) =>
        BYTES_AN_ENTRY + 2 * prompt.length + BYTES_A_TERM * reading.terms.length,
      ttl: KEPT_FOR_MS,
      ttlAutopurge: true, // by a timer each, which keeps no process alive
      perf: { now: () => clock.monotonic() },
    });
  }

  /** Takes texts apart for one look-up, each once; those of these entries are remembered. */
  reader(entries: readonly Pick<Neighbour, 'entryId' | 'prompt'>[]): (text: string) => Reading {
    const entryOf = new Map(entries.map(({ entryId, prompt }) => [prompt, entryId]));
    const read = new Map<string, Reading>();
    return (text) => {
      let reading = read.get(text);
      if (reading === undefined) {
        const entryId = entryOf.get(text);
        reading = entryId === undefined ? readText(text) : this.of(entryId, text);
        read.set(text, reading);
      }
      return reading;
    };
  }

  private of(entryId: string, prompt: string): Reading {
    const kept = this.kept.get(entryId);
    if (kept?.prompt === prompt) return kept.reading;
    const reading = readText(prompt);
    this.kept.set(entryId, { prompt, reading });
    return reading;
  }
}
