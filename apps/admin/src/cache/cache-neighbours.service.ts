import { type AuthenticatedUser, tenantScope } from '@relay/auth';
import {
  decideHit,
  type EntryNeighbours,
  guardPair,
  type HitReason,
  LabelBook,
  learnsThreshold,
  pairScore,
  type PlacedEntry,
  SemanticStore,
  type ThresholdState,
} from '@relay/cache';
import type { CacheNeighbours, ExecutionPlan, NeighbourVerdict } from '@relay/contracts';
import { TraceStore } from '@relay/trace';
import { Injectable } from '@nestjs/common';
import { CacheEntriesService } from './cache-entries.service';
import { PromptAccess } from './prompt-access';

type Terms = ExecutionPlan['cache']['semantic'];
type Neighbour = EntryNeighbours['neighbours'][number];

/** What is stored near an entry, and whether one would be served for the other. */
@Injectable()
export class CacheNeighboursService {
  constructor(
    private readonly entries: CacheEntriesService,
    private readonly semantic: SemanticStore,
    private readonly labels: LabelBook,
    private readonly traces: TraceStore,
    private readonly prompts: PromptAccess,
  ) {}

  /** An entry and its neighbours have one scope, and so one owner: who may see it may see them. An exact entry has none. */
  async of(user: AuthenticatedUser, id: string): Promise<CacheNeighbours> {
    const { kind } = await this.entries.visible(user, id);
    const placed = kind === 'exact' ? null : await this.semantic.neighbours(id);
    if (placed === null) return { mode: null, measure: null, threshold: null, data: [] };
    const terms = await this.termsOf(placed, tenantScope(user));
    const state = terms && (await this.labels.stateOf(placed, terms.maxErrorPerHit));
    const judge = terms && state ? { terms, state } : null;
    const data = placed.neighbours.flatMap((each) => told(placed, each, judge));
    if (data.length > 0) await this.prompts.tell(user, id, { entries: data.length });
    return {
      mode: terms?.mode ?? null,
      measure: terms && (learnsThreshold(terms) ? 'score' : 'similarity'),
      threshold: judge && (learnsThreshold(judge.terms) ? judge.state.threshold : judge.terms.threshold),
      data: data.map((each) => this.prompts.shown(each, user)),
    };
  }

  /** The plan is part of the scope: what is found there was stored under the same terms. */
  private async termsOf({ sourceTrace }: EntryNeighbours, scope: string | null): Promise<Terms | null> {
    const trace = await this.traces.get(sourceTrace, scope);
    return trace?.plan?.cache.semantic ?? null;
  }
}

interface Judge {
  readonly terms: Terms;
  readonly state: ThresholdState;
}

/** Nothing of a prompt that cannot be read: it is never served either. */
function told(entry: EntryNeighbours, near: Neighbour, judge: Judge | null): CacheNeighbours['data'] {
  if (entry.prompt === null || near.prompt === null) return [];
  const { similarity } = near;
  const score = pairScore(entry.prompt, near.prompt, similarity);
  const verdict = (asked: string, stored: string, answering: PlacedEntry): NeighbourVerdict => {
    if (!answering.inService) return 'out_of_service';
    if (guardPair(asked, stored).length > 0) return 'guarded';
    if (judge === null) return 'unknown';
    const { minSimilarity } = answering;
    return VERDICTS[decideHit(judge.terms, { similarity, score, minSimilarity }, judge.state).reason];
  };
  return [
    {
      ...{ id: near.id, prompt: near.prompt, similarity, score },
      guards: [...new Set(guardPair(entry.prompt, near.prompt).map(({ guard }) => guard))],
      sharesAnswer: near.answerOf === entry.answerOf,
      answersThis: verdict(entry.prompt, near.prompt, near),
      answeredByThis: verdict(near.prompt, entry.prompt, entry),
    },
  ];
}

const VERDICTS = {
  hit: 'served',
  unverified: 'verifier_decides',
  shadow: 'shadow',
  below_threshold: 'below_threshold',
  below_entry_threshold: 'below_entry_threshold',
  too_few_labels: 'too_few_labels',
  drifted: 'drifted',
} as const satisfies Record<HitReason, NeighbourVerdict>;
