import { seededRandom, shuffled } from '../../training/random';
import { pooled, secondHalf, type Figures } from './figures';
import { BUDGETS, fixed, THRESHOLDS, verified } from './modes';
import { nearestPrompts } from './nearest';
import { reachOf, type Reach } from './reach';
import { remembered } from './remembered';
import { serveStream, type Outcome, type SemanticTerms, type Served } from './serve-stream';
import type { Stream } from './streams';

/** Orders besides that of the data set. */
export const SHUFFLES = 4;

export interface Measured {
  readonly name: string;
  readonly guards: boolean;
  readonly budget: number | null; // of mode verified
  readonly threshold: number | null; // of mode static
  readonly thorough: boolean; // every miss is judged
  readonly all: Figures;
  readonly later: Figures; // the second half of each stream
  readonly judgedPer1k: number;
}

export interface StreamFigures {
  readonly stream: string;
  readonly order: 'as given' | 'shuffled';
  readonly prompts: number;
  readonly rows: readonly Measured[];
  readonly reach: readonly Reach[];
}

/** Every mode on one stream, in the order of the data set and in others. */
export function measureStream(stream: Stream, vectors: readonly Float32Array[], seed: number): StreamFigures[] {
  const { prompts, relation } = stream;
  const nearest = nearestPrompts(vectors, relation);
  const guarded: Served = { nearest, relation, ...remembered(prompts) };
  const bare: Served = { ...guarded, objects: () => false };
  const given = Int32Array.from(prompts.keys());
  const others = Array.from({ length: SHUFFLES }, (_, i) => shuffled(prompts.length, seededRandom(seed + i)));
  return (['as given', 'shuffled'] as const).map((order) => {
    const orders = order === 'as given' ? [given] : others;
    const measure = (guards: boolean, name: string, terms: SemanticTerms): Measured =>
      measureMode(guards ? guarded : bare, orders, terms, seed, { name, guards });
    const rows = [
      ...[true, false].flatMap((guards) => [
        ...THRESHOLDS.map((threshold) => measure(guards, `static ${threshold}`, fixed(threshold))),
        ...BUDGETS.map((budget) => measure(guards, `verified ${100 * budget}%`, verified(budget))),
      ]),
      ...BUDGETS.map((budget) =>
        measure(
          true,
          `verified ${100 * budget}%, all misses judged`,
          verified(budget, { labelShare: 1, recheckShare: 0.25 }),
        ),
      ),
    ];
    return { stream: stream.name, order, prompts: prompts.length, rows, reach: reachOf(guarded, orders, seed) };
  });
}

function measureMode(
  served: Served,
  orders: readonly Int32Array[],
  terms: SemanticTerms,
  seed: number,
  { name, guards }: Pick<Measured, 'name' | 'guards'>,
): Measured {
  const runs = orders.map((order, i) => serveStream(served, order, terms, seed + i));
  const outcomes = runs.map((run): readonly Outcome[] => run.outcomes);
  const requests = outcomes.flat().length;
  return {
    name,
    guards,
    budget: terms.mode === 'verified' ? terms.maxErrorPerHit : null,
    threshold: terms.mode === 'static' ? terms.threshold : null,
    thorough: terms.labelShare === 1,
    all: pooled(outcomes),
    later: pooled(outcomes.map(secondHalf)),
    judgedPer1k: (1_000 * runs.reduce((sum, { judged }) => sum + judged, 0)) / requests,
  };
}
