import { isGenerative, targetKey, type DegradeStep, type RouteCandidate, type ServiceLevel } from '@relay/contracts';
import type { AdmissionQuestion, Alternative, Way } from '@relay/scheduler';
import type { Job } from '../job';
import { admissionOf } from '../upstream/admission-request';
import { askedTokens, cutsFor } from './answer-cuts';

/** USD per million tokens. */
export type PriceOf = (
  candidate: RouteCandidate,
) => { readonly inputPerMTok: number; readonly outputPerMTok: number } | undefined;

/** Tokens of an answer where nothing is expected of its length yet; for comparing prices only. */
const UNKNOWN_OUTPUT_TOKENS = 256;
/** What may be given up of a request that the relay makes by itself: it is for the cache, or a verdict, whole or not at all. */
const FOR_OWN = {
  'cheaper-model': false,
  'shorter-answer': false,
  'looser-cache': false,
  'shed-batch': true,
} as const satisfies Record<DegradeStep, boolean>;

/** What admission asks of a request. What matters only to a request that has to wait is worked out when it is asked for. */
export class JobQuestion implements AdmissionQuestion {
  readonly planned: Way;
  readonly leftMs: number;
  readonly level: ServiceLevel;
  readonly steps: readonly DegradeStep[];
  private others: readonly Alternative[] | null = null;

  constructor(
    private readonly job: Job,
    private readonly first: RouteCandidate,
    private readonly priceOf: PriceOf,
    private readonly hasLooserCache: () => boolean,
  ) {
    const { plan } = job.planned;
    this.planned = this.wayTo(first);
    this.leftMs = plan.deadlineMs - job.trace.elapsed();
    this.level = plan.serviceLevel;
    const isOwn = job.exchange.internal !== undefined;
    this.steps = isOwn ? plan.degrade.filter((step) => FOR_OWN[step]) : plan.degrade;
  }

  get request(): AdmissionQuestion['request'] {
    return admissionOf(this.job, this.first);
  }

  get task(): string {
    return this.job.planned.features['features.task'] ?? ''; // as calls are learned from
  }

  get inputTokens(): number {
    return this.job.planned.features['features.inputTokens'];
  }

  get usd(): number | null {
    return this.usdAt(this.first);
  }

  get alternatives(): readonly Alternative[] {
    const { route, retries } = this.job.planned.plan;
    this.others ??= route.candidates.flatMap((candidate, rank) =>
      candidate === this.first
        ? []
        : {
            way: this.wayTo(candidate),
            sameModel: candidate.model === this.first.model,
            standsIn: rank <= retries.fallbacks,
            usd: this.usdAt(candidate),
          },
    );
    return this.others;
  }

  get cuts(): readonly number[] {
    return isGenerative(this.job.exchange.operation) ? cutsFor(this.job.request, this.planned.maxTokens) : [];
  }

  get looserCache(): boolean {
    return this.hasLooserCache();
  }

  private wayTo({ provider, upstreamModel }: RouteCandidate): Way {
    const { request, planned } = this.job;
    const maxTokens = askedTokens(request, planned.plan.decoding);
    return { poolId: provider, target: targetKey(provider, upstreamModel), maxTokens };
  }

  private usdAt(candidate: RouteCandidate): number | null {
    const price = this.priceOf(candidate);
    if (!price) return null;
    const outputTokens = this.job.planned.predicted.outputTokens ?? UNKNOWN_OUTPUT_TOKENS;
    return this.inputTokens * price.inputPerMTok + outputTokens * price.outputPerMTok; // in millionths
  }
}
