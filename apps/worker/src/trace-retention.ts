import type { RelayConfig } from '@relay/config';
import { dropPartitionsBefore, type PartitionedTable } from '@relay/database';
import type { DataSource } from 'typeorm';

const DAY_MS = 86_400_000;

/** Days that went past their retention. */
export interface DroppedDays {
  readonly days: number; // the retention
  readonly tables: readonly string[];
}

/** From when on traces are kept, ms since the epoch. */
export const tracesKeptFrom = (now: number, { retentionDays }: Pick<RelayConfig['traces'], 'retentionDays'>): number =>
  now - retentionDays * DAY_MS;

/** Drops the days of traces, and those of payloads, which go with their traces or earlier. */
export async function dropOutdatedTraces(
  dataSource: DataSource,
  { retentionDays, payloads }: RelayConfig['traces'],
  now: number,
): Promise<DroppedDays[]> {
  const drop = async (days: number, tables: readonly PartitionedTable[]): Promise<DroppedDays> => ({
    days,
    tables: await dropPartitionsBefore(dataSource, tracesKeptFrom(now, { retentionDays: days }), tables),
  });
  const payloadDays = Math.min(payloads.retentionDays ?? retentionDays, retentionDays);
  const dropped = [await drop(retentionDays, ['request_traces']), await drop(payloadDays, ['request_payloads'])];
  return dropped.filter(({ tables }) => tables.length > 0);
}
