import { Injectable } from '@nestjs/common';
import { relaysBefore, targetKey, type RouteCandidate } from '@relay/contracts';
import { RelayError, type CancelSignal } from '@relay/core';
import {
  ProviderRegistry,
  TargetMonitor,
  type UpstreamObserver,
  type UpstreamOutcome,
  type UpstreamRequest,
} from '@relay/providers';
import { Admission, Scheduler, timeToKeepMs, type AdmissionRequest, type Slot } from '@relay/scheduler';
import { Telemetry } from '@relay/trace';
import { decodingPatch } from '../decoding-patch';
import type { Job } from '../job';
import { CallLimits, type CallPermit, CallRefusal } from '../limits/call-limits';
import { meaningfulHeaders } from '../operations/meaningful-headers';
import { admissionOf } from './admission-request';
import { notSent } from './no-answer';
import { RetryBudgets } from './retry-budgets';
import { ServiceTimes } from './service-times';
import { slotReportOf } from './slot-report';
import { noteCall, notePassedOver, type Tried } from './tried';

/** How a call stands among the calls of its request. */
export interface CallTerms {
  readonly observer: UpstreamObserver;
  readonly signal: CancelSignal;
  /** `first` of the request or of a step of its cascade, `again` after a failure, `hedge` beside a call that is under way. */
  readonly kind: 'first' | 'again' | 'hedge';
  /** It keeps the place in line that it had when its provider's limits had no room for it; monotonic ms. */
  readonly since?: number | undefined;
  /** The slot is there and the call is made. */
  readonly onSend?: () => void;
}

/** One call of one target: takes a slot of its provider, calls, gives the slot back on every way out, notes it on the trace. */
@Injectable()
export class TargetCaller {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly admission: Admission,
    private readonly providers: ProviderRegistry,
    private readonly monitor: TargetMonitor,
    private readonly budgets: RetryBudgets,
    private readonly limits: CallLimits,
    private readonly times: ServiceTimes,
    private readonly telemetry: Telemetry,
  ) {}

  /** Nothing remains of a rate limit of its provider, until some time from now. */
  isHeld({ planned }: Job, { provider, upstreamModel }: RouteCandidate): boolean {
    return this.scheduler.isHeld({ poolId: provider, model: upstreamModel, cost: planned.predictedCost });
  }

  /** Its provider cannot be asked this at all, in whatever state it is. */
  isBeyond({ asked, exchange }: Job, { provider }: RouteCandidate): boolean {
    const refusal = this.providers.client(provider)?.refusal?.(exchange.operation, asked) ?? null;
    return refusal !== null;
  }

  /** A slot at once, or none. */
  freeSlot(job: Job, candidate: RouteCandidate): Slot | null {
    return this.scheduler.tryAcquire(admissionOf(job, candidate));
  }

  /** Waits for a slot if need be, then calls. */
  call(job: Job, candidate: RouteCandidate, terms: CallTerms): Promise<Tried> {
    const slot = this.freeSlot(job, candidate);
    return slot ? this.callIn(slot, job, candidate, terms) : this.callLater(job, candidate, terms);
  }

  /** The client is asked for only now: while the request waited for its slot, a reload may have replaced it. */
  async callIn(slot: Slot, job: Job, candidate: RouteCandidate, terms: CallTerms): Promise<Tried> {
    const { provider, upstreamModel } = candidate;
    let outcome: UpstreamOutcome | undefined;
    let permit: CallPermit | null = null;
    let sent = false;
    try {
      const taken = this.limits.take(job, candidate);
      const allowed = taken instanceof Promise ? await taken : taken;
      if (allowed instanceof CallRefusal) {
        if (allowed.windows) slot.heard(allowed.windows);
        return refused(candidate, allowed, slot.since);
      }
      slot.heard(allowed.windows);
      permit = allowed;
      const client = this.providers.client(provider);
      if (!client) return gone(candidate);
      const startMs = job.trace.elapsed();
      const expected = this.times.expect(job, candidate);
      outcome = await this.monitor.call(provider, upstreamModel, (onBegun) => {
        sent = true;
        if (terms.kind === 'first') this.budgets.deposit(provider, job.planned.plan.retries.budget);
        if (terms.kind !== 'hedge') job.trace.servedBy(candidate);
        terms.onSend?.();
        const observer = job.trace.stream ? tellsBegin(terms.observer, onBegun) : terms.observer;
        const traceContext = this.traceContext(job, candidate, startMs);
        return client.call(requestOf(job, candidate, terms.signal, traceContext), observer);
      });
      if (outcome.kind === 'completed') this.times.learn(expected, job, outcome);
      if (sent) return { candidate, outcome, note: noteCall(job.trace, candidate, startMs, outcome) };
      const figures = this.monitor.figures().get(targetKey(candidate.provider, candidate.upstreamModel));
      notePassedOver(job.trace, candidate, figures); // since it was looked at, while this request waited for the slot
      return { candidate, outcome, note: null };
    } finally {
      try {
        permit?.end((sent && outcome) || null);
      } finally {
        slot.release(sent && outcome ? slotReportOf(outcome, job) : undefined);
      }
    }
  }

  /** What the provider is told of the span that its work belongs to. */
  private traceContext({ exchange }: Job, { provider, upstreamModel: model }: RouteCandidate, startMs: number) {
    const { traceparent, tracestate } = exchange.headers;
    return this.telemetry.outgoing(
      { traceId: exchange.traceId, traceparent, tracestate },
      { provider, model, startMs },
    );
  }

  private async callLater(job: Job, candidate: RouteCandidate, terms: CallTerms): Promise<Tried> {
    const request = admissionOf(job, candidate);
    const latestStartAt = request.deadlineAt - this.timeToKeepMs(job, candidate);
    const slot = await this.waitForSlot(job, { ...request, latestStartAt, since: terms.since });
    if (!(slot instanceof RelayError)) return this.callIn(slot, job, candidate, terms);
    // Full, or gone with a reload while the request waited: another candidate may still do.
    const retryable = slot.code === 'overloaded' || slot.code === 'unavailable';
    return { candidate, outcome: notSent(slot, retryable), note: null };
  }

  /** How long before the deadline the call has to begin, ms. */
  private timeToKeepMs(job: Job, candidate: RouteCandidate): number {
    const fastestMs = this.admission.fastestMs(targetKey(candidate.provider, candidate.upstreamModel));
    const serviceP90Ms = this.times.expect(job, candidate).predicted.serviceMs?.p90 ?? null;
    return timeToKeepMs({ fastestMs, serviceP90Ms }, job.planned.plan.deadlineMs);
  }

  private async waitForSlot({ trace }: Job, request: AdmissionRequest): Promise<Slot | RelayError> {
    const startMs = trace.elapsed();
    const admitted = await this.scheduler.admit(request);
    const { poolId: pool, class: queueClass, level } = request;
    const waited = trace.stage('queue', startMs, { pool, class: queueClass, level }) - startMs;
    trace.queue = admitted.ok ? admitted.value.queue : request.class;
    trace.queueMs += admitted.ok ? admitted.value.queuedMs : waited;
    return admitted.ok ? admitted.value : admitted.error;
  }
}

/** The same observer, which also says when the first of a stream is here. */
function tellsBegin(observer: UpstreamObserver, onBegun: () => void): UpstreamObserver {
  let hasBegun = false;
  return {
    onFirstByte: () => observer.onFirstByte?.(),
    onBytesType: (contentType) => observer.onBytesType?.(contentType),
    onFrames(frames, resume) {
      if (!hasBegun) {
        hasBegun = true;
        onBegun();
      }
      return observer.onFrames(frames, resume);
    },
  };
}

/** What a target is asked for a request. */
export function requestOf(
  job: Job,
  { upstreamModel }: RouteCandidate,
  signal: CancelSignal,
  traceContext: UpstreamRequest['traceContext'] = null,
): UpstreamRequest {
  const { exchange, request, planned, trace } = job;
  return {
    operation: exchange.operation,
    contentType: exchange.headers['content-type'] ?? '',
    headers: meaningfulHeaders(exchange.operation, exchange.headers) ?? undefined,
    model: upstreamModel,
    body: exchange.body,
    patch: decodingPatch(job, upstreamModel, planned.plan.decoding),
    stream: trace.stream,
    clientWantsUsage: request.stream_options?.include_usage === true,
    requestId: exchange.requestId,
    relaysBefore: relaysBefore(exchange.headers.via),
    timeoutMs: trace.remainingMs(planned.plan.deadlineMs),
    signal,
    traceContext,
  };
}

/** Another candidate may still do, unless it is about money. */
function refused(candidate: RouteCandidate, { error, opensInMs }: CallRefusal, since: number): Tried {
  const full = opensInMs === null ? null : { opensInMs, since };
  return { candidate, outcome: notSent(error, error.code !== 'budget_exceeded'), note: null, full };
}

function gone(candidate: RouteCandidate): Tried {
  const error = new RelayError('unavailable', `The provider ${candidate.provider} is no longer configured.`);
  return { candidate, outcome: notSent(error, true), note: null };
}
