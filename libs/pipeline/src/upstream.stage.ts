import { Inject, Injectable } from '@nestjs/common';
import type { RouteCandidate } from '@relay/contracts';
import { CLOCK, RelayError, type CancelSignal, type Clock } from '@relay/core';
import { ProviderRegistry, type UpstreamObserver, type UpstreamOutcome } from '@relay/providers';
import { Scheduler, type AdmissionRequest, type Slot } from '@relay/scheduler';
import { decodingPatch } from './decoding-patch';
import type { Job } from './job';

/** First wait before the same target is tried again, in ms; doubles with each attempt. */
const BACKOFF_BASE_MS = 100;
const BACKOFF_MAX_MS = 2_000;

/** Takes a slot, calls the candidates of the plan in their order until one answers, and gives every slot back. */
@Injectable()
export class UpstreamStage {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly providers: ProviderRegistry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async serve(job: Job, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    const { route, retries } = job.planned.plan;
    const candidates = route.candidates.slice(0, retries.fallbacks + 1);
    for (let attempt = 1; ; attempt++) {
      const candidate = candidates[Math.min(attempt, candidates.length) - 1];
      if (!candidate) return failed(new RelayError('unavailable', 'No target of the plan can serve this request.'));
      const outcome = await this.attempt(job, candidate, observer);
      if (outcome.kind === 'completed' || outcome.started || !outcome.retryable) return outcome;
      if (attempt >= retries.maxAttempts || job.exchange.signal.aborted) return outcome;
      if (attempt < candidates.length) continue;
      // Nobody but the same target is left: a full line does not get shorter by standing in it twice.
      if (outcome.error.code === 'overloaded' || outcome.error.code === 'unavailable') return outcome;
      const waited = await this.backOff(job, attempt, outcome.retryAfterMs);
      if (job.exchange.signal.aborted) return failed(cancelled(job.exchange.signal));
      if (!waited) return outcome;
    }
  }

  private async attempt(job: Job, candidate: RouteCandidate, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    const admission = this.admission(job, candidate);
    const slot = this.scheduler.tryAcquire(admission) ?? (await this.waitForSlot(job, admission));
    // Full, or gone with a reload while the request waited: another candidate may still do.
    if (slot instanceof RelayError) return failed(slot, slot.code === 'overloaded' || slot.code === 'unavailable');
    let outcome: UpstreamOutcome | undefined;
    try {
      outcome = await this.call(job, candidate, observer);
      return outcome;
    } finally {
      slot.release(outcome?.usage ? outcome.usage.inputTokens + 2 * outcome.usage.outputTokens : undefined);
    }
  }

  /** The client is asked for only now: while the request waited, a reload may have replaced it. */
  private async call(job: Job, candidate: RouteCandidate, observer: UpstreamObserver): Promise<UpstreamOutcome> {
    const client = this.providers.client(candidate.provider);
    if (!client) {
      return failed(new RelayError('unavailable', `The provider ${candidate.provider} is no longer configured.`), true);
    }
    const { exchange, request, planned, trace } = job;
    const startMs = trace.elapsed();
    trace.servedModel = candidate.model;
    trace.provider = candidate.provider;
    const outcome = await client.chat(
      {
        model: candidate.upstreamModel,
        body: exchange.body,
        patch: decodingPatch(request, candidate.upstreamModel, planned.plan.decoding),
        stream: trace.stream,
        clientWantsUsage: request.stream_options?.include_usage === true,
        requestId: exchange.requestId,
        timeoutMs: this.remainingMs(job),
        signal: exchange.signal,
      },
      observer,
    );
    this.note(job, candidate, startMs, outcome);
    return outcome;
  }

  private async waitForSlot(job: Job, request: AdmissionRequest): Promise<Slot | RelayError> {
    const startMs = job.trace.elapsed();
    const admitted = await this.scheduler.admit(request);
    const waited = job.trace.stage('queue', startMs, { pool: request.poolId, class: request.class }) - startMs;
    if (!admitted.ok) {
      job.trace.queue = request.class;
      job.trace.queueMs += waited;
      return admitted.error;
    }
    job.trace.queue = admitted.value.queue;
    job.trace.queueMs += admitted.value.queuedMs;
    return admitted.value;
  }

  private admission({ exchange, planned }: Job, candidate: RouteCandidate): AdmissionRequest {
    const { tenant } = exchange.principal;
    return {
      poolId: candidate.provider,
      tenantId: tenant.id,
      weight: tenant.weight * planned.plan.queue.weight,
      class: planned.plan.queue.class,
      cost: planned.predictedCost,
      deadlineAt: exchange.receivedAt + planned.plan.deadlineMs,
      signal: exchange.signal,
      ...(tenant.limits.concurrency === undefined ? {} : { tenantConcurrency: tenant.limits.concurrency }),
    };
  }

  private remainingMs({ trace, planned }: Job): number {
    return Math.max(1, Math.round(planned.plan.deadlineMs - trace.elapsed()));
  }

  private note({ trace }: Job, candidate: RouteCandidate, startMs: number, outcome: UpstreamOutcome): void {
    const attributes = {
      provider: candidate.provider,
      model: candidate.upstreamModel,
      connectMs: outcome.kind === 'completed' ? outcome.connectMs : null, // null on a connection that was open already
    };
    const durationMs = trace.stage('upstream', startMs, attributes) - startMs;
    trace.attempts.push({
      provider: candidate.provider,
      model: candidate.upstreamModel,
      outcome: outcome.kind === 'completed' ? 'ok' : outcome.error.code,
      upstreamStatus: outcome.kind === 'completed' ? outcome.status : outcome.upstreamStatus,
      startMs,
      durationMs,
    });
    if (outcome.kind === 'completed') trace.ttftMs = Math.round((startMs + outcome.ttftMs) * 1_000) / 1_000;
  }

  /** Waits before the same target is tried again; false if there is no time left for it. */
  private backOff(job: Job, attempt: number, retryAfterMs: number | null): Promise<boolean> {
    const waitMs = Math.max(Math.min(BACKOFF_BASE_MS * 2 ** (attempt - 1), BACKOFF_MAX_MS), retryAfterMs ?? 0);
    if (waitMs >= this.remainingMs(job)) return Promise.resolve(false);
    const startMs = job.trace.elapsed();
    const { signal } = job.exchange;
    return new Promise((resolve) => {
      const settle = (): void => {
        cancel();
        signal.removeEventListener('abort', settle);
        job.trace.stage('backoff', startMs, { attempt });
        resolve(true);
      };
      const cancel = this.clock.after(waitMs, settle);
      signal.addEventListener('abort', settle, { once: true });
    });
  }
}

/** Why a request ends that nobody waits for any more. */
function cancelled({ reason }: CancelSignal): RelayError {
  return reason instanceof RelayError ? reason : new RelayError('client_closed', 'The client closed the request.');
}

/** An attempt that ended before anything was sent. */
function failed(error: RelayError, retryable = false): UpstreamOutcome {
  return {
    kind: 'failed',
    error,
    retryable,
    started: false,
    upstreamStatus: null,
    passthrough: null,
    retryAfterMs: null,
    usage: null,
  };
}
