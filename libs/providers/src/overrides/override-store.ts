import { OVERRIDE_MODES } from '@relay/contracts';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { ProviderOverride } from './override-book';

/** More than any relay has targets; a process reads no more. */
const MAX_OVERRIDES = 10_000;

interface Row {
  readonly provider: string;
  readonly target: string;
  readonly mode: string;
  readonly reason: string;
  readonly made_by: string;
  readonly made_at: Date;
  readonly ends_at: Date;
}

/** Overrides in the database, one for a provider and one for each of its targets at most. */
@Injectable()
export class OverrideStore {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Those that end after `now`, ms since the epoch. A mode that this version does not know is left out: it comes from a newer one. */
  async all(now: number): Promise<ProviderOverride[]> {
    const rows: Row[] = await this.dataSource.query(
      'SELECT * FROM provider_overrides WHERE ends_at > $1 ORDER BY provider, target LIMIT $2',
      [new Date(now), MAX_OVERRIDES],
    );
    return rows.flatMap(overrideOf);
  }

  /** In the place of the one before; those that ended are removed on the occasion. */
  async put(override: ProviderOverride, transaction: EntityManager): Promise<void> {
    const { provider, target, mode, reason, by, since, until } = override;
    await transaction.query('DELETE FROM provider_overrides WHERE ends_at <= $1', [new Date(since)]);
    await transaction.query(
      `INSERT INTO provider_overrides (provider, target, mode, reason, made_by, made_at, ends_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (provider, target) DO UPDATE SET mode = excluded.mode, reason = excluded.reason,
         made_by = excluded.made_by, made_at = excluded.made_at, ends_at = excluded.ends_at`,
      [provider, target ?? '', mode, reason, by, new Date(since), new Date(until)],
    );
  }

  /** True if there was one that had not ended by `now`. */
  async remove(
    { provider, target }: Pick<ProviderOverride, 'provider' | 'target'>,
    now: number,
    transaction: EntityManager,
  ): Promise<boolean> {
    const [rows]: [unknown[], number] = await transaction.query(
      'DELETE FROM provider_overrides WHERE provider = $1 AND target = $2 AND ends_at > $3 RETURNING 1',
      [provider, target ?? '', new Date(now)],
    );
    return rows.length > 0;
  }
}

function overrideOf({ provider, target, mode, reason, made_by, made_at, ends_at }: Row): ProviderOverride[] {
  const known = OVERRIDE_MODES.find((each) => each === mode);
  if (!known) return [];
  const [since, until] = [made_at.getTime(), ends_at.getTime()];
  return [{ provider, target: target === '' ? null : target, mode: known, reason, by: made_by, since, until }];
}
