import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock, type RelayError } from '@relay/core';
import { type Expectation, isInTimeAlone } from '../domain/admission/expectation';
import { FastestCalls } from '../domain/admission/fastest-calls';
import { GateBook } from '../domain/admission/gate-book';
import { decide, type LadderQuestion } from '../domain/admission/ladder';
import { refusalError } from '../domain/admission/refusal';
import type { Refused, Verdict, Way } from '../domain/admission/verdict';
import { RANDOM, type Random } from '../ports/scheduler-backend.port';
import { Predictions } from '../prediction/predictions.service';
import { Scheduler } from '../scheduler.service';
import type { AdmissionRequest } from '../slot';
import { type AdmissionCount, AdmissionCounts } from './admission-counts';

/** A request that is about to ask for a slot. */
export interface AdmissionQuestion extends LadderQuestion {
  readonly request: Pick<AdmissionRequest, 'tenantId' | 'weight' | 'class' | 'level' | 'cost'>;
  readonly task: string; // as classified from the prompt
  readonly inputTokens: number;
}

/**
 * Says at entry whether a request will be answered in time, and what has to be given up for that. Remembers which pools are overloaded,
 * and for whom.
 */
@Injectable()
export class Admission {
  private readonly gates = new Map<string, GateBook>(); // by pool: those of the configuration
  private readonly fastest = new FastestCalls();
  private readonly counts = new AdmissionCounts();

  constructor(
    private readonly scheduler: Scheduler,
    @Inject(Predictions) private readonly predictions: Pick<Predictions, 'predict'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM) private readonly random: Random,
  ) {}

  /** Synchronous. Where a slot is free, that is all it looks at. */
  decide(question: AdmissionQuestion): Verdict {
    const { poolId } = question.planned;
    const { tenantId } = question.request;
    const now = this.clock.monotonic();
    const verdict = decide(question, {
      expect: (way) => this.expect(way, question),
      isClosed: (pool) => this.gates.get(pool)?.isClosed(tenantId, now) ?? false,
    });
    if (verdict.met.strain > 0) this.note(poolId, tenantId, verdict, now);
    this.counts.add(poolId, verdict);
    return verdict;
  }

  /** What the client is told. */
  refusal(refused: Refused): RelayError {
    return refusalError(refused, this.random());
  }

  /** A target answered a request in full, which took so long, ms. */
  answered(target: string, serviceMs: number): void {
    this.fastest.note(target, serviceMs);
  }

  /** The shortest time in which a target ever answered, ms; null while that is not known. */
  fastestMs(target: string): number | null {
    return this.fastest.of(target);
  }

  /** The ladder of policies is in use for the pool, for some tenant at least. */
  isDegrading(poolId: string): boolean {
    return this.gates.get(poolId)?.isAnyClosed(this.clock.monotonic()) ?? false;
  }

  /** Since the start of the process. */
  outcomes(): Iterable<AdmissionCount> {
    return this.counts.list();
  }

  private note(poolId: string, tenantId: string, { met }: Verdict, now: number): void {
    if (!isInTimeAlone(met, met.leftMs)) return;
    let gates = this.gates.get(poolId);
    if (!gates) this.gates.set(poolId, (gates = new GateBook()));
    gates.observe(tenantId, met.strain, now);
  }

  private expect(way: Way, { request, planned, task, inputTokens }: AdmissionQuestion): Expectation {
    const { poolId, target, maxTokens } = way;
    const waitMs = this.scheduler.outlook({ ...request, poolId })?.waitMs ?? null;
    const isFree = waitMs === 0 || waitMs === null;
    if (isFree && way === planned) return { waitMs, serviceP90Ms: null, fastestMs: null }; // nobody will ask how long it takes
    const { serviceMs } = this.predictions.predict({ target, task, inputTokens, maxTokens });
    return { waitMs, serviceP90Ms: serviceMs?.p90 ?? null, fastestMs: this.fastest.of(target) };
  }
}
