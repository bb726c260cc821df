import { Injectable } from '@nestjs/common';
import type { Principal, RelayError, Result } from '@relay/core';
import { RateLimits, type RateRefusal, type RateReservation } from '@relay/scheduler';
import { Metrics } from '@relay/trace';
import type { DoorExchange } from '../exchange';
import type { Job } from '../job';
import type { RequestTrace } from '../request-trace';
import { expectedTokens } from './expected-tokens';
import { rateLimited } from './limit-errors';
import { LimitTable } from './limit-table';
import { tightest } from './rate-headers';

type Reserved = Result<RateReservation, RateRefusal>;

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

  /** The same of one that is refused before it has a plan: it counts as a request, and nobody knows its tokens. */
  admitUnplanned(principal: Principal, trace: RequestTrace): RelayError | null | Promise<RelayError | null> {
    const scopes = this.table.ofDoor(principal);
    if (scopes.length === 0) return null;
    const startMs = trace.elapsed();
    const reserved = this.rates.reserve(scopes, { requests: 1, tokens: 0 });
    return reserved instanceof Promise
      ? reserved.then((later) => this.stand(principal, trace, startMs, later))
      : this.stand(principal, trace, startMs, reserved);
  }

  /** The same of a request that no model answers, or not at once: of its limits only those of requests count. */
  admitAtDoor(exchange: DoorExchange): RelayError | null | Promise<RelayError | null> {
    const { principal } = exchange;
    const scopes = principal === null ? [] : this.table.ofDoor(principal);
    if (principal === null || scopes.length === 0) return null;
    const settle = (reserved: Reserved): RelayError | null => {
      const { standings } = reserved.ok ? reserved.value : reserved.error;
      if (standings.length > 0) exchange.rates = tightest(standings);
      return reserved.ok ? null : this.refusal(reserved.error, principal);
    };
    const reserved = this.rates.reserve(scopes, { requests: 1, tokens: 0 });
    return reserved instanceof Promise ? reserved.then(settle) : settle(reserved);
  }

  private note({ trace, account, exchange }: Job, startMs: number, reserved: Reserved): RelayError | null {
    if (reserved.ok) account.admitted(reserved.value);
    return this.stand(exchange.principal, trace, startMs, reserved);
  }

  /** Notes how its tenant and key stand. */
  private stand(principal: Principal, trace: RequestTrace, startMs: number, reserved: Reserved): RelayError | null {
    if (reserved.ok) {
      trace.rates = tightest(reserved.value.standings);
      trace.stage('limits', startMs);
      return null;
    }
    const { scope, kind, standings } = reserved.error;
    if (standings.length > 0) trace.rates = tightest(standings);
    trace.stage('limits', startMs, { scope: scope.kind, kind });
    return this.refusal(reserved.error, principal);
  }

  private refusal(refused: RateRefusal, { keyName }: Principal): RelayError {
    const { scope, kind } = refused;
    this.metrics.countRateLimited(scope.kind, kind);
    return rateLimited(refused, scope.kind === 'key' ? keyName : scope.id);
  }
}
