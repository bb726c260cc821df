import { Injectable } from '@nestjs/common';
import type { CachedAnswer, SemanticVerdict } from '@relay/cache';
import { targetKey } from '@relay/contracts';
import type { RelayError } from '@relay/core';
import { Prices, type UpstreamCompleted } from '@relay/providers';
import { Admission, type Verdict } from '@relay/scheduler';
import { CacheStage, type CacheLookup } from '../cache.stage';
import type { Job } from '../job';
import type { RequestTrace } from '../request-trace';
import { EasedJobs } from './eased-jobs';
import { JobQuestion, type PriceOf } from './job-question';
import { looserSimilar, type LooserAnswer } from './looser-answer';

/** How a request goes on that no cache could answer. */
export type Eased =
  | { readonly kind: 'go'; readonly job: Job }
  | { readonly kind: 'found'; readonly looser: LooserAnswer }
  | { readonly kind: 'refused'; readonly error: RelayError };

const STAGE = 'admission';

/**
 * Before an upstream is asked: whether there is a slot for the request in time, and what the policy gives up for that. A request that
 * finds a slot free goes on as it is. Nothing is given up after the first byte, as this comes before it.
 */
@Injectable()
export class DegradeStage {
  private readonly eased = new EasedJobs();
  private readonly priceOf: PriceOf = (candidate) => this.prices.of(candidate)?.price;

  constructor(
    private readonly admission: Admission,
    private readonly cache: CacheStage,
    private readonly prices: Prices,
  ) {}

  /** Synchronous. `similar`: what a look-up by meaning came to, where the request waited for one. */
  ease(job: Job, lookup: CacheLookup, similar: SemanticVerdict | null): Eased {
    const [first] = job.planned.plan.route.candidates;
    if (!first) return { kind: 'go', job };
    const { trace } = job;
    const startMs = trace.elapsed();
    const question = new JobQuestion(job, first, this.priceOf, () => this.looser(job, lookup, similar) !== null);
    const verdict = this.admission.decide(question);
    if (verdict.kind === 'admitted' && verdict.met.strain === 0) return { kind: 'go', job };
    const eased = this.follow(job, verdict, question.planned.target, () => this.looser(job, lookup, similar));
    noteVerdict(trace, startMs, verdict);
    return eased;
  }

  /** Teaches what the fastest answers of each target take. */
  answered({ trace }: Job, { totalMs }: UpstreamCompleted): void {
    const last = trace.attempts.at(-1);
    if (last?.outcome === 'ok') this.admission.answered(targetKey(last.provider, last.model), totalMs);
  }

  private follow(job: Job, verdict: Verdict, target: string, looser: () => LooserAnswer | null): Eased {
    const { trace } = job;
    switch (verdict.kind) {
      case 'admitted':
        return { kind: 'go', job: this.eased.of(job, verdict, target) };
      case 'cached': {
        const found = looser();
        if (found === null) return { kind: 'go', job };
        trace.degraded = [`looser-cache:${found.cache === 'semantic' ? 'similar' : 'stale'}`];
        trace.cacheEntry = found.entryId;
        trace.similarity = found.similarity;
        return { kind: 'found', looser: found };
      }
      case 'refused':
        if (verdict.reason === 'shed') trace.degraded = ['shed-batch'];
        return { kind: 'refused', error: this.admission.refusal(verdict) };
      default:
        return verdict satisfies never;
    }
  }

  /** The same question's answer past its time before that to a similar one. */
  private looser(job: Job, lookup: CacheLookup, similar: SemanticVerdict | null): LooserAnswer | null {
    const late = this.cache.loosened(lookup);
    if (late) return { answer: late.answer, cache: late.tier, entryId: lookup.key, similarity: null };
    const near = looserSimilar(job, similar);
    return near && this.accepted(lookup, near.answer) ? near : null;
  }

  private accepted(lookup: CacheLookup, answer: CachedAnswer): boolean {
    return this.cache.fitting(lookup, answer) !== undefined;
  }
}

/** What the request would have met, and how far each step eased it. */
function noteVerdict(trace: RequestTrace, startMs: number, { kind, met, tried }: Verdict): void {
  const { leftMs, strain } = met;
  const waitMs = wholeMs(met.waitMs);
  const serviceP90Ms = wholeMs(met.serviceP90Ms);
  // Of what is called after all the upstream stage knows better. Assigned, since to spread into a larger object takes some µs (Node 20.20).
  trace.predicted = Object.assign({}, trace.predicted, { waitMs, serviceP90Ms });
  const attributes: Record<string, string | number | null> = {
    verdict: kind,
    waitMs,
    serviceP90Ms,
    leftMs: Math.round(leftMs),
    ratio: round(strain),
  };
  for (const each of tried) attributes[each.step] = round(each.strain);
  trace.stage(STAGE, startMs, attributes);
}

const wholeMs = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
