import { relayConfigSchema } from '@relay/config';
import { ensureDailyPartitions } from '@relay/database';
import { openEmbedded, type TestDatabase } from '@relay/testing';
import { dropOutdatedTraces } from './trace-retention';

const NOW = Date.UTC(2026, 10, 22, 9);
const OLDEST = Date.UTC(2026, 10, 10);

describe('the retention of traces', () => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await openEmbedded()), 60_000);
  afterAll(() => database.close());

  const oldest = async (table: string): Promise<string | undefined> => {
    const [row] = await database.dataSource.query<{ name: string }[]>(
      `SELECT min(child.relname::text) AS name FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
       WHERE inhparent = $1::regclass`,
      [table],
    );
    return row?.name;
  };

  it.each<[object, string, string]>([
    [{ retentionDays: 10, payloads: { retentionDays: 3 } }, '20261112', '20261119'],
    [{ retentionDays: 10 }, '20261112', '20261112'],
    [{ retentionDays: 5, payloads: { retentionDays: 90 } }, '20261117', '20261117'],
  ])('with %j keeps traces from %s on and payloads from %s on', async (written, trace, payload) => {
    const { traces } = relayConfigSchema.parse({ traces: written });
    await ensureDailyPartitions(database.dataSource, OLDEST, 20);
    const dropped = await dropOutdatedTraces(database.dataSource, traces, NOW);
    expect(dropped.map(({ tables }) => tables[0])).toEqual(['request_traces_20261110', 'request_payloads_20261110']);
    expect(await oldest('request_traces')).toBe(`request_traces_${trace}`);
    expect(await oldest('request_payloads')).toBe(`request_payloads_${payload}`);
    expect(await dropOutdatedTraces(database.dataSource, traces, NOW)).toEqual([]);
  });
});
