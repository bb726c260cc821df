import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { BoundedReader } from '@relay/database';
import { DataSource } from 'typeorm';
import { canarySumsSql } from './canary-sums.sql';
import type { CanaryRow } from './canary.rows';
import { NO_REQUESTS, NO_SUMS, type CanarySums, type Measure, type SideSums } from './domain/canary-sums';
import type { Sums } from './domain/sequential-test';

/** Requests that are read, the newest of both policies together: at more, a difference that matters is long known. */
const MAX_REQUESTS = 500_000;
/** Of the canary: a day has every hour of the day, and is one of the tables that traces lie in. */
export const MAX_WINDOW_MS = 24 * 3_600_000;
const TIMEOUT_MS = 15_000;

type Row = Readonly<Record<Measure, readonly number[]>> & {
  readonly canary: boolean;
  readonly requests: number;
  readonly units: number;
  readonly latencies: readonly number[] | null;
};

/** Reads what the requests of a canary, and those of the policy that it is compared with, came to. */
@Injectable()
export class CanarySumsReader {
  private readonly reader: BoundedReader;

  constructor(@InjectDataSource() dataSource: DataSource) {
    this.reader = new BoundedReader(dataSource);
  }

  /** Since the canary began, or for the last day. Rejects with `unavailable` where that takes too long. */
  async read({ label, against, unit, guardrails }: CanaryRow, from: number, to: number): Promise<CanarySums> {
    const values = [new Date(from), new Date(to), label, against, guardrails.p95 ?? 0, MAX_REQUESTS];
    const rows = await this.reader.read<Row>(canarySumsSql(unit), values, TIMEOUT_MS);
    const sideOf = (isCanary: boolean): SideSums => toSide(rows.find(({ canary }) => canary === isCanary));
    return { canary: sideOf(true), inForce: sideOf(false) };
  }
}

function toSide(row: Row | undefined): SideSums {
  if (!row) return NO_REQUESTS;
  const { requests, units, latencies, failed, slow, cost, score } = row;
  const sums = { failed: toSums(failed), slow: toSums(slow), cost: toSums(cost), score: toSums(score) };
  return { requests, units, latenciesMs: latencies, ...sums };
}

function toSums([
  requests = 0,
  total = 0,
  squares = 0,
  units = 0,
  byRequests = 0,
  byTotals = 0,
  products = 0,
]: readonly number[]): Sums {
  if (requests === 0) return NO_SUMS;
  const ofUnits = { unitRequestSquares: byRequests, unitTotalSquares: byTotals, unitProducts: products };
  return { requests, total, squares, units, ...ofUnits };
}
