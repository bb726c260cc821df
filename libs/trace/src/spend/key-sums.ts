import { type PeriodBounds, periodBounds } from '@relay/core';
import type { DataSource } from 'typeorm';
import { KEY_SPEND_SQL } from './scope-spend.sql';

/** A key, and the tenant that it acted as. */
export interface SpendingKey {
  readonly tenantId: string;
  readonly keyId: string;
}

/** Exact USD of the month and the day that a reading was made in. */
export interface KeySums {
  readonly month: string;
  readonly day: string;
}

export interface KeyReading {
  readonly bounds: { readonly month: PeriodBounds; readonly day: PeriodBounds };
  /** Whether it was asked for. */
  has(key: SpendingKey): boolean;
  /** Null: nothing. */
  sumsOf(key: SpendingKey): KeySums | null;
}

/** What keys have spent in the month and the day of `now`, in one statement however many there are. */
export async function readKeySums(
  dataSource: DataSource,
  keys: readonly SpendingKey[],
  now: number,
): Promise<KeyReading> {
  const bounds = { month: periodBounds('month', now), day: periodBounds('day', now) };
  const found = new Map<string, KeySums>();
  if (keys.length > 0) {
    const times = [bounds.month.start, bounds.day.start, bounds.day.end].map((time) => new Date(time));
    const pairs = [keys.map(({ tenantId }) => tenantId), keys.map(({ keyId }) => keyId)];
    const rows = await dataSource.transaction(async (transaction) => {
      await transaction.query('SET LOCAL jit = off'); // compiling the statement takes longer than it does
      return transaction.query<(KeySums & { tenant: string; key_id: string })[]>(KEY_SPEND_SQL, [...times, ...pairs]);
    });
    for (const { tenant: tenantId, key_id: keyId, month, day } of rows)
      found.set(nameOf({ tenantId, keyId }), { month, day });
  }
  const asked = new Set(keys.map(nameOf));
  return { bounds, has: (key) => asked.has(nameOf(key)), sumsOf: (key) => found.get(nameOf(key)) ?? null };
}

const nameOf = ({ tenantId, keyId }: SpendingKey): string => `${tenantId} ${keyId}`;
