import { chooseThreshold, decideHit, labelOdds, recheckOdds, type Label, type ThresholdState } from '@relay/cache';
import { seededRandom } from '../../training/random';
import { Entries, type SemanticTerms, type Served } from './entries';

export type { SemanticTerms, Served } from './entries';

/** The product works out a threshold once a second at most; here it does so after so many labels. */
const LABELS_BETWEEN = 25;
const MS_BETWEEN_REQUESTS = 1_000;

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
  readonly labels: readonly Label[]; // oldest first
}

/** Serves prompts (indexes, in the order in which they are asked) as the semantic cache does. The judge is never wrong. */
export function serveStream(served: Served, order: ArrayLike<number>, terms: SemanticTerms, seed: number): Run {
  const { relation } = served;
  const random = seededRandom(seed);
  const entries = new Entries(served);
  const labels = new Labels(terms.maxErrorPerHit);
  const outcomes = Array.from(order, (asked, turn): Outcome => {
    const at = turn * MS_BETWEEN_REQUESTS;
    const draw = random();
    if (entries.has(asked)) return { exact: true, hit: false, wrong: false };
    const candidate = entries.candidateFor(asked, terms);
    const state = labels.state(at);
    const hit = candidate !== undefined && decideHit(terms, candidate, state).reason === 'hit';
    const wrong = candidate !== undefined && relation(asked, candidate.index) !== true;
    const share = hit ? recheckOdds(terms, state) : candidate ? labelOdds(terms, candidate, state) : 0;
    const judged = candidate !== undefined && draw < share;
    if (judged) {
      labels.add({ similarity: candidate.score, correct: !wrong, weight: 1 / share, at, source: hit ? 'hit' : 'miss' });
    }
    if (!hit || judged) entries.store(asked, judged ? entries.learn(asked, candidate, terms) : asked);
    return { exact: false, hit, wrong: hit && wrong };
  });
  return {
    outcomes,
    judged: labels.count,
    rechecked: labels.ofHits,
    state: labels.state(Number.POSITIVE_INFINITY),
    labels: labels.all,
  };
}

class Labels {
  readonly all: Label[] = [];
  private known: ThresholdState;
  private at = 0;

  constructor(private readonly maxErrorPerHit: number) {
    this.known = chooseThreshold([], maxErrorPerHit, 0);
  }

  get count(): number {
    return this.all.length;
  }

  get ofHits(): number {
    return this.all.filter(({ source }) => source === 'hit').length;
  }

  add(label: Label): void {
    this.all.push(label);
  }

  state(now: number): ThresholdState {
    const last = this.all.at(-1);
    if (last && (now === Number.POSITIVE_INFINITY || this.all.length >= this.at + LABELS_BETWEEN)) {
      this.known = chooseThreshold(this.all, this.maxErrorPerHit, last.at);
      this.at = this.all.length;
    }
    return this.known;
  }
}
