import { Injectable } from '@nestjs/common';
import type { RelayError, Result } from '@relay/core';
import { RateLimits, type RateRefusal, type RateReservation } from '@relay/scheduler';
import { Metrics } from '@relay/trace';
import type { Job } from '../job';
import { expectedTokens } from './expected-tokens';
import { rateLimited } from './limit-errors';
import { LimitTable } from './limit-table';
import { tightest } from './rate-headers';

/**
 * Requests and tokens per minute of tenant and key, between planning and answering. An answer from the cache costs a request; the tokens
 * that were reserved for it are given back.
 */
@Injectable()
export class LimitStage {
  constructor(
    private readonly table: LimitTable,
    private readonly rates: RateLimits,
    private readonly metrics: Metrics,
  ) {}

  /** Null: let in. At once where there is no limit, or nobody to share it with. */
  admit(job: Job): RelayError | null | Promise<RelayError | null> {
    const scopes = this.table.ofRequest(job.exchange.principal);
    if (scopes.length === 0) return null;
    const startMs = job.trace.elapsed();
    const reserved = this.rates.reserve(scopes, { requests: 1, tokens: expectedTokens(job) });
    return reserved instanceof Promise
      ? reserved.then((later) => this.note(job, startMs, later))
      : this.note(job, startMs, reserved);
  }

  private note(job: Job, startMs: number, reserved: Result<RateReservation, RateRefusal>): RelayError | null {
    const { trace, account, exchange } = job;
    if (reserved.ok) {
      trace.rates = tightest(reserved.value.standings);
      account.admitted(reserved.value);
      trace.stage('limits', startMs);
      return null;
    }
    const { scope, kind, standings } = reserved.error;
    if (standings.length > 0) trace.rates = tightest(standings);
    trace.stage('limits', startMs, { scope: scope.kind, kind });
    this.metrics.countRateLimited(scope.kind, kind);
    return rateLimited(reserved.error, scope.kind === 'key' ? exchange.principal.keyName : scope.id);
  }
}
