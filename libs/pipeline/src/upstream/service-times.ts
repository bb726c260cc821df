import { Injectable } from '@nestjs/common';
import { targetKey, type RouteCandidate } from '@relay/contracts';
import type { UpstreamCompleted } from '@relay/providers';
import { Predictions, Scheduler, type Prediction, type ServiceQuestion } from '@relay/scheduler';
import { askedTokens } from '../degrade/answer-cuts';
import type { Job } from '../job';
import { admissionOf } from './admission-request';
import { answerLength } from './answer-length';

/** A call that is about to be made, and what is expected of it. */
export interface ExpectedCall {
  readonly question: ServiceQuestion;
  readonly predicted: Prediction;
}

/** What calls are expected to take, and what is learned from those that were answered in full. */
@Injectable()
export class ServiceTimes {
  constructor(
    private readonly predictions: Predictions,
    private readonly scheduler: Scheduler,
  ) {}

  expect(job: Job, candidate: RouteCandidate): ExpectedCall {
    const question = questionOf(job, candidate);
    return { question, predicted: this.predictions.predict(question) };
  }

  /** What the scheduler expects of the candidate that is called first, on the trace beside what the policy does. */
  note(job: Job): void {
    const [first] = job.planned.plan.route.candidates;
    if (!first) return;
    const { serviceMs, ttftMs } = this.expect(job, first).predicted;
    const planned = job.planned.predicted;
    // Named one by one: the same with `...planned` takes 4.4 us instead of 0.03, as what is spread and then added to has no shape of its own.
    job.trace.predicted = {
      inputTokens: planned.inputTokens,
      outputTokens: planned.outputTokens,
      costUsd: planned.costUsd,
      ttftMs: planned.ttftMs,
      totalMs: planned.totalMs,
      quality: planned.quality,
      waitMs: rounded(this.scheduler.outlook(admissionOf(job, first))?.waitMs),
      ttftP90Ms: rounded(ttftMs?.p90),
      serviceP50Ms: rounded(serviceMs?.p50),
      serviceP90Ms: rounded(serviceMs?.p90),
    } satisfies Record<keyof typeof planned, number | null> & Record<string, number | null>;
  }

  /** An upstream that tells no usage teaches nothing: how long a call takes is known by the length of its answer. */
  learn({ question, predicted }: ExpectedCall, { trace, request }: Job, outcome: UpstreamCompleted): void {
    const { ttftMs, totalMs } = outcome;
    const outputTokens = answerLength(outcome, request);
    if (outputTokens === null) return;
    this.predictions.observe(
      question,
      { ttftMs: trace.stream ? ttftMs : null, outputTokens, serviceMs: totalMs },
      predicted,
    );
  }
}

/** In tokens of one answer. */
function questionOf({ request, planned }: Job, { provider, upstreamModel }: RouteCandidate): ServiceQuestion {
  return {
    target: targetKey(provider, upstreamModel),
    task: planned.features['features.task'] ?? '', // where nothing in the policy reads it
    inputTokens: planned.features['features.inputTokens'],
    maxTokens: askedTokens(request, planned.plan.decoding),
  };
}

const rounded = (ms: number | null | undefined): number | null => (ms == null ? null : Math.round(ms));
