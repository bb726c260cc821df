import {
  chooseThreshold,
  decideHit,
  labelOdds,
  learnsThreshold,
  recheckOdds,
  type Label,
  type ThresholdState,
} from '@relay/cache';
import type { ExecutionPlan } from '@relay/contracts';
import { seededRandom } from '../../training/random';
import type { Near } from './nearest';
import type { Relation } from './relations';

/** As in the product: nearest entries that guards look at, and what an error costs an entry. */
const MAX_NEIGHBOURS = 5;
const TIGHTENED_BY = 0.01;
/** The product works out a threshold once a second at most; here it does so after so many labels. */
const LABELS_BETWEEN = 25;
const MS_BETWEEN_REQUESTS = 1_000;

export type SemanticTerms = ExecutionPlan['cache']['semantic'];

export interface Served {
  readonly nearest: readonly (readonly Near[])[]; // of each prompt
  readonly relation: Relation;
  /** Whether a guard objects to serving the second prompt's answer to the first. */
  readonly objects: (asked: number, stored: number) => boolean;
  /** Of the pair, 0 to 1. */
  readonly score: (asked: number, near: Near) => number;
}

export interface Outcome {
  readonly exact: boolean; // asked before in the same words, and stored
  readonly hit: boolean; // served what is stored for other words
  readonly wrong: boolean; // a hit with another answer
}

export interface Run {
  readonly outcomes: readonly Outcome[]; // in the order of the requests
  readonly judged: number; // calls of the judge
  readonly rechecked: number; // of these, on hits that were asked again
  readonly state: ThresholdState; // at the end
}

/** Serves prompts (indexes, in the order in which they are asked) as the semantic cache does. The judge is never wrong. */
export function serveStream(served: Served, order: ArrayLike<number>, terms: SemanticTerms, seed: number): Run {
  const { nearest, relation } = served;
  const random = seededRandom(seed);
  const stored = new Set<number>();
  const minSimilarity = new Map<number, number>();
  const labels = new Labels(terms.maxErrorPerHit);
  const outcomes = Array.from(order, (asked, turn): Outcome => {
    const at = turn * MS_BETWEEN_REQUESTS;
    const draw = random();
    if (stored.has(asked)) return { exact: true, hit: false, wrong: false };
    const candidate = candidateOf(served, asked, nearestStored(nearest[asked] ?? [], stored), terms);
    const neighbour = candidate && { ...candidate, minSimilarity: minSimilarity.get(candidate.index) ?? null };
    const state = labels.state(at);
    const hit = neighbour !== undefined && decideHit(terms, neighbour, state).reason === 'hit';
    const wrong = candidate !== undefined && relation(asked, candidate.index) !== true;
    if (!hit) stored.add(asked);
    const share = hit ? recheckOdds(terms, state) : candidate ? labelOdds(terms, candidate, state) : 0;
    if (candidate && draw < share) {
      const { similarity, score, index } = candidate;
      labels.add({ similarity: score, correct: !wrong, weight: 1 / share, at, source: hit ? 'hit' : 'miss' });
      if (wrong) minSimilarity.set(index, Math.min(1, similarity + TIGHTENED_BY));
    }
    return { exact: false, hit, wrong: hit && wrong };
  });
  return { outcomes, judged: labels.count, rechecked: labels.ofHits, state: labels.state(Number.POSITIVE_INFINITY) };
}

/** The best of the entries that no guard objects to, by what the mode goes by. */
function candidateOf(
  { objects, score }: Served,
  asked: number,
  near: readonly Near[],
  terms: SemanticTerms,
): (Near & { score: number }) | undefined {
  const fitting = near.filter(({ index }) => !objects(asked, index));
  const looked = learnsThreshold(terms) ? fitting : fitting.slice(0, 1);
  return looked
    .map((each) => ({ ...each, score: score(asked, each) }))
    .reduce<(Near & { score: number }) | undefined>(
      (best, each) => (best && best.score >= each.score ? best : each),
      undefined,
    );
}

function nearestStored(nearest: readonly Near[], stored: ReadonlySet<number>): Near[] {
  const found: Near[] = [];
  for (const near of nearest) {
    if (stored.has(near.index) && found.push(near) === MAX_NEIGHBOURS) break;
  }
  return found;
}

class Labels {
  private readonly labels: Label[] = [];
  private known: ThresholdState;
  private at = 0;

  constructor(private readonly maxErrorPerHit: number) {
    this.known = chooseThreshold([], maxErrorPerHit, 0);
  }

  get count(): number {
    return this.labels.length;
  }

  get ofHits(): number {
    return this.labels.filter(({ source }) => source === 'hit').length;
  }

  add(label: Label): void {
    this.labels.push(label);
  }

  state(now: number): ThresholdState {
    const last = this.labels.at(-1);
    if (last && (now === Number.POSITIVE_INFINITY || this.labels.length >= this.at + LABELS_BETWEEN)) {
      this.known = chooseThreshold(this.labels, this.maxErrorPerHit, last.at);
      this.at = this.labels.length;
    }
    return this.known;
  }
}
