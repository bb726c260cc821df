import type { ExecutionPlan } from '@relay/contracts';
import { sha256Hex } from '@relay/core';
import { fingerprintText } from '../fingerprint-text';
import type { Places } from './embedder-reach';
import { PAIR_SCORE_VERSION } from './pair-score';
import type { SemanticScope } from './semantic-model';

type Judge = ExecutionPlan['cache']['semantic']['judge'];

export interface SemanticScopeOf {
  /** Scope of the exact cache: all of its fields count, those that are added later too. */
  readonly cacheScope: { readonly owner: string };
  readonly rest: unknown; // of the question
  /** Where the words of the request may go. */
  readonly places: Places;
  readonly evidence: string; // the plan's name for labels that are pooled
  readonly judge: Judge;
}

/** Raised when the meaning of a scope changes: older entries are then never found. */
const SCOPE_SCHEMA_VERSION = 2;

/**
 * Where the answer to a question may be served. A request of 1 kB takes about 5 µs. Neighbours are shown to the judges, verifiers and
 * embedders of who asks, so all of a scope may go to the same places. The exact cache needs no such bound: it shows nobody what is stored.
 */
export function semanticScope({ cacheScope, rest, places, evidence, judge }: SemanticScopeOf): SemanticScope {
  const bounds = [inOrder(places.regions), inOrder(places.providers)];
  return {
    scopeId: sha256Hex(fingerprintText([SCOPE_SCHEMA_VERSION, cacheScope, bounds, rest])),
    owner: cacheScope.owner,
    evidence: JSON.stringify([cacheScope.owner, evidence, ...judgeTerms(judge), { score: PAIR_SCORE_VERSION }]),
  };
}

const inOrder = (names: readonly string[] | null): readonly string[] | null => names && [...new Set(names)].sort();

/** Judges whose verdicts may differ have labels of their own; settings that they do not read tell nobody apart. */
function judgeTerms({ kind, model, minSimilarity }: Judge): readonly unknown[] {
  switch (kind) {
    case 'equality':
      return [kind];
    case 'embedding':
      return [kind, minSimilarity];
    case 'llm':
      return [kind, model];
    default:
      return kind satisfies never;
  }
}

/** What a scope's `evidence` was made of, for people. Throws on any other text. */
export function evidenceParts(evidence: string): { owner: string; name: string; judge: string } {
  const parts: unknown = JSON.parse(evidence);
  const [owner, name, ...rest] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (typeof owner !== 'string' || typeof name !== 'string') throw new Error(`no evidence class: ${evidence}`);
  return {
    owner,
    name,
    judge: rest
      .filter((part) => typeof part !== 'object')
      .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
      .join(' '),
  };
}
