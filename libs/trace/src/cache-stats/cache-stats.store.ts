import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { CacheGroup, CacheStatsQuery } from '@relay/contracts';
import { CLOCK, err, ok, RelayError, within, type Clock, type Result } from '@relay/core';
import { DataSource } from 'typeorm';
import { trimDecimal } from '../domain/cost';
import { TraceRecorder } from '../trace.recorder';
import { cacheStatsSql } from './cache-stats.sql';

const DAY_MS = 86_400_000;
const DEFAULT_WINDOW_MS = DAY_MS;
/** A longer window would read more than a statement may take. */
const MAX_WINDOW_DAYS = 31;
/** Largest groups that are told; the total is of all. */
const MAX_GROUPS = 500;
/** How long a reader waits for traces that this process has just recorded. */
const READ_YOUR_WRITES_MS = 250;

/** Savings of a window, in USD, tokens and ms, and what the relay spent on them. */
export interface CacheSavings {
  readonly from: string;
  readonly to: string;
  readonly groups: CacheGroup[]; // most requests first
  readonly total: CacheGroup;
}

interface GroupRow {
  readonly total: boolean;
  readonly key: string | null;
  /** Numbers come as text; those of a total over nothing are null. */
  readonly requests: string | null;
  readonly hits: string | null;
  readonly saved_usd: string | null;
  readonly spent_usd: string | null;
  readonly saved_tokens: string | null;
  readonly saved_ms: number | null;
}

/** Reads from the traces what the cache spared. */
@Injectable()
export class CacheStatsStore {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly recorder: TraceRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The last 24 hours, unless the query says otherwise. `notRules` are decisions of plans that are no rules of a policy; `tenantScope` limits
   * the reader to one tenant. Error: `invalid_request` for a window that ends before it begins, or is too long.
   */
  async read(
    query: CacheStatsQuery,
    tenantScope: string | null,
    notRules: readonly string[],
  ): Promise<Result<CacheSavings, RelayError>> {
    const { tenant = null, groupBy } = query;
    const to = query.to === undefined ? this.clock.now() : Date.parse(query.to);
    const from = query.from === undefined ? to - DEFAULT_WINDOW_MS : Date.parse(query.from);
    if (from >= to) return err(badWindow('from', 'is not before the end of the window (to)'));
    if (to - from > MAX_WINDOW_DAYS * DAY_MS)
      return err(badWindow('from', `is more than ${MAX_WINDOW_DAYS} days before the end`));
    await within(this.clock, READ_YOUR_WRITES_MS, this.recorder.flush());
    const values = [new Date(from), new Date(to), tenant, tenantScope, MAX_GROUPS];
    const rows: GroupRow[] = await this.dataSource.query(
      cacheStatsSql(groupBy),
      groupBy === 'rule' ? [...values, notRules] : values,
    );
    return ok({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      groups: rows.filter(({ total }) => !total).map(toGroup),
      total: rows.filter(({ total }) => total).map(toGroup)[0] ?? NOTHING,
    });
  }
}

const NOTHING: CacheGroup = {
  ...{ key: null, requests: 0, hits: 0, hitRate: 0 },
  ...{ savedUsd: '0', spentUsd: '0', savedTokens: 0, savedMs: 0 },
};

function toGroup(row: GroupRow): CacheGroup {
  const [requests, hits] = [Number(row.requests ?? 0), Number(row.hits ?? 0)];
  return {
    key: row.key,
    requests,
    hits,
    hitRate: requests === 0 ? 0 : hits / requests,
    savedUsd: trimDecimal(row.saved_usd ?? '0'),
    spentUsd: trimDecimal(row.spent_usd ?? '0'),
    savedTokens: Number(row.saved_tokens ?? 0),
    savedMs: Math.round(row.saved_ms ?? 0),
  };
}

const badWindow = (param: string, what: string): RelayError =>
  new RelayError('invalid_request', `${param}: ${what}; allowed: a window of at most ${MAX_WINDOW_DAYS} days`, {
    param,
  });
