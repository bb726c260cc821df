import type { CachedAnswer } from '../cached-answer';
import type { Placed } from './surroundings';

/** Where an entry may be served: equality of `scopeId` is the isolation, in the key and in SQL. */
export interface SemanticScope {
  /** SHA-256 (64 hex digits) of everything that must be equal: owner, plan signature, where data may go, parameters, system prompt, tools, turns before the last. */
  readonly scopeId: string;
  /** A tenant, or a sharing group: `t:acme`, `g:support`. */
  readonly owner: string;
  /** Labels are pooled under it: owner, the plan's `cache.semantic.evidence`, and what judges. */
  readonly evidence: string;
}

/** An entry near a prompt. */
export interface Neighbour extends Placed {
  readonly entryId: string; // uuid
  /** Of the request that it was stored for. */
  readonly exactKey: string;
  /** Of the entry whose answer it shares; its own id if it shares none. */
  readonly answerId: string;
  /** The last user turn that the entry was stored for. */
  readonly prompt: string;
  readonly answer: CachedAnswer;
  /** Entries that were wrong once are served from this similarity on only. */
  readonly minSimilarity: number | null;
}

/** The entry that would be served, if any: no guard objects to it. */
export interface Candidate extends Neighbour {
  /** Of `scoreOf`, 0 to 1: what modes that learn go by. */
  readonly score: number;
}

/** What was seen of one (prompt, neighbour) pair: whether serving the neighbour's answer would have been, or was, right. */
export interface Label {
  /** The pair's score, 0 to 1. */
  readonly similarity: number;
  readonly correct: boolean;
  /** Inverse of the odds with which the pair was chosen to be judged (Horvitz and Thompson 1952); at least 1. */
  readonly weight: number;
  readonly at: number; // ms since the epoch
  readonly source: LabelSource;
}

/** `miss`: the neighbour of a request that was answered afresh; `hit`: a served hit that was asked again; `bad-hit`: somebody said so. */
export type LabelSource = 'miss' | 'hit' | 'bad-hit';

/** What the labels of one evidence class allow. */
export interface ThresholdState {
  /** Lowest score that may be served; null: none, exact hits only. */
  readonly threshold: number | null;
  /** Upper confidence bound of the error per hit at the threshold; null without one. */
  readonly bound: number | null;
  /** Score down to which a threshold may be proven with the labels so far; null: nothing is known. */
  readonly reach: number | null;
  readonly labels: number;
  /** Of hits that were rechecked or marked bad: error per hit with its 95% interval; null before the first. */
  readonly measured: {
    readonly error: number;
    readonly low: number;
    readonly high: number;
    readonly hits: number;
    /** Of them: marked bad by somebody, which is told of wrong ones only. */
    readonly marked: number;
  } | null;
  /** The error rate has changed: nothing is served until there are new labels. */
  readonly drifted: boolean;
}
