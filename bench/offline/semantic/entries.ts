import { candidateOf, MAX_NEIGHBOURS, neighbourhoodOf, recordAfter, rivalsOf, type Neighbourhood } from '@relay/cache';
import type { ExecutionPlan } from '@relay/contracts';
import type { Near } from './nearest';
import type { Relation } from './relations';

/** As in the product: what an error costs an entry. */
const TIGHTENED_BY = 0.01;

export type SemanticTerms = ExecutionPlan['cache']['semantic'];

export interface Served {
  readonly nearest: readonly (readonly Near[])[]; // of each prompt
  readonly relation: Relation;
  /** Whether a guard objects to serving the second prompt's answer to the first. */
  readonly objects: (asked: number, stored: number) => boolean;
  /** Of the pair, as log odds. */
  readonly likeness: (asked: number, near: Near) => number;
}

/** A stored prompt near another, with what was learned of it. */
export interface Stored extends Near {
  readonly answerId: number; // the prompt whose answer it has
  readonly record: number | null;
  readonly minSimilarity: number | null;
}

/** What is stored: prompts, and which of them were judged to have one answer. */
export class Entries {
  private readonly answers = new Map<number, number>();
  private readonly records = new Map<number, number>();
  private readonly minSimilarity = new Map<number, number>();

  constructor(private readonly served: Served) {}

  has(prompt: number): boolean {
    return this.answers.has(prompt);
  }

  store(prompt: number, answerId: number): void {
    this.answers.set(prompt, answerId);
  }

  candidateFor(asked: number, terms: SemanticTerms): (Stored & { readonly score: number }) | undefined {
    return candidateOf(this.neighbourhood(asked), (each) => this.served.likeness(asked, each), terms);
  }

  /** The most alike entry of each answer near a prompt. */
  bestOfAnswers(asked: number): Stored[] {
    const best = new Map<number, Stored>();
    for (const entry of this.neighbourhood(asked).fitting) {
      const known = best.get(entry.answerId);
      if (!known || this.served.likeness(asked, entry) > this.served.likeness(asked, known))
        best.set(entry.answerId, entry);
    }
    return [...best.values()];
  }

  /** What a fresh answer to `asked` teaches of the entry that it is held against, and which answer it was judged to repeat; its own id: none. */
  learn(asked: number, candidate: Stored, { judge }: SemanticTerms): number {
    const { relation } = this.served;
    const rivals = rivalsOf(this.neighbourhood(asked), candidate, (each) => this.served.likeness(asked, each));
    for (const entry of judge.kind === 'llm' ? [candidate] : [candidate, ...rivals]) {
      const correct = relation(asked, entry.index) === true;
      this.records.set(entry.answerId, recordAfter(entry.record, correct));
      if (correct) return entry.answerId;
      if (entry === candidate) this.minSimilarity.set(entry.index, Math.min(1, entry.similarity + TIGHTENED_BY));
    }
    return asked;
  }

  /** What a look-up finds. */
  neighbourhood(asked: number): Neighbourhood<Stored> {
    return neighbourhoodOf(this.near(asked), ({ index }) => !this.served.objects(asked, index));
  }

  private near(asked: number): Stored[] {
    const found: Stored[] = [];
    for (const near of this.served.nearest[asked] ?? []) {
      const answerId = this.answers.get(near.index);
      if (answerId === undefined) continue;
      const record = this.records.get(answerId) ?? null;
      found.push({ ...near, answerId, record, minSimilarity: this.minSimilarity.get(near.index) ?? null });
      if (found.length === MAX_NEIGHBOURS) break;
    }
    return found;
  }
}
