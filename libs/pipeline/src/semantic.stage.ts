import { Injectable } from '@nestjs/common';
import {
  questionOf,
  refusalToLookUp,
  SemanticCache,
  semanticScope,
  type CachedAnswer,
  type SemanticQuestion,
  type SemanticVerdict,
} from '@relay/cache';
import { CacheStage, type CacheLookup } from './cache.stage';
import { planHeaders } from './internal/plan-headers';
import type { Job } from './job';
import type { StageAttributes } from './request-trace';
import { drawOf } from './seed';

/** A verifier leaves the upstream at least this share of the time that is left. */
const VERIFIER_SHARE = 0.25;

/** A look-up by meaning that has begun. */
export interface SemanticLookup {
  readonly question: SemanticQuestion;
  readonly verdict: Promise<SemanticVerdict>;
  /** The answer may come from it; otherwise it goes on beside the call, only to learn. */
  readonly mayServe: boolean;
}

/** Looks up answers to questions that were asked before in other words. */
@Injectable()
export class SemanticStage {
  constructor(
    private readonly semantic: SemanticCache,
    private readonly cache: CacheStage,
  ) {}

  /** Null where the plan, the client or the request itself rules it out; the trace has the reason. */
  begin(lookup: CacheLookup, job: Job): SemanticLookup | null {
    const { mode } = job.planned.plan.cache.semantic;
    if (mode === 'off' || lookup.key === null || !lookup.reads) return null;
    const startMs = job.trace.elapsed();
    const question = this.readable(lookup, job);
    if (typeof question === 'string') {
      job.trace.stage('semantic', startMs, { mode, reason: question });
      this.semantic.refused(question);
      return null;
    }
    const mayServe = job.exchange.internal === undefined && this.semantic.mayServe(question);
    const beside: StageAttributes = mayServe ? {} : { beside: true };
    const stage = job.trace.begin('semantic', startMs, { mode, reason: 'not_in_time', ...beside });
    const verdict = this.semantic.lookUp(question);
    return {
      question,
      verdict: verdict.then((found) => {
        job.trace.finish(stage, { mode, ...attributesOf(found), ...beside });
        return found;
      }),
      mayServe,
    };
  }

  /** What the client accepts of it, which is served then. */
  served(lookup: CacheLookup, { hit }: SemanticVerdict): CachedAnswer | undefined {
    const answer = this.cache.fitting(lookup, hit?.answer);
    if (answer && hit) this.semantic.served(hit);
    return answer;
  }

  /** Judges and stores a fresh answer, in the background. */
  learn({ question, verdict }: SemanticLookup, fresh: CachedAnswer): void {
    void verdict.then((found) => this.semantic.learn(question, found, fresh));
  }

  private readable(lookup: CacheLookup, job: Job): SemanticQuestion | string {
    try {
      return this.question(lookup, job);
    } catch (error) {
      if (error instanceof RangeError) return 'too_deep'; // nested by the thousand: no key can be made of it
      throw error;
    }
  }

  private question(lookup: CacheLookup, { exchange, request, trace, planned }: Job): SemanticQuestion | string {
    const terms = planned.plan.cache.semantic;
    if (exchange.operation !== 'chat') return 'other_protocol'; // what is stored are chat completions
    const refusal = refusalToLookUp(request, terms);
    if (refusal !== null) return refusal;
    if (!this.semantic.mayEmbed(planned.plan.route)) return 'embedder_elsewhere';
    const question = questionOf(request);
    if (question === null) return 'not_text';
    const { evidence, judge } = terms;
    const { regions, providers } = planned.plan.route;
    const places = { regions, providers };
    return {
      origin: {
        principal: exchange.principal,
        headers: planHeaders(exchange.headers),
        regions,
        providers,
      },
      keyId: exchange.principal.keyId,
      scope: semanticScope({ cacheScope: lookup.scope, rest: question.rest, places, evidence, judge }),
      text: question.text,
      exactKey: lookup.key ?? '',
      fromClient: exchange.internal === undefined,
      terms,
      draw: drawOf(exchange.traceId),
      timeLeftMs: Math.max(1, Math.round(trace.remainingMs(planned.plan.deadlineMs) * VERIFIER_SHARE)),
    };
  }
}

function attributesOf({ reason, candidate, objections, guarded, threshold }: SemanticVerdict): StageAttributes {
  return {
    reason,
    ...(candidate
      ? { similarity: round(candidate.similarity), score: round(candidate.score), entry: candidate.entryId }
      : {}),
    ...(threshold === null ? {} : { threshold: round(threshold) }),
    // Names only: what the texts say may be somebody else's, and is not kept with traces.
    ...(objections.length > 0 ? { guards: objections.map(({ guard }) => guard).join(',') } : {}),
    ...(guarded ? { guardedEntry: guarded.entryId, guardedSimilarity: round(guarded.similarity) } : {}),
  };
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
