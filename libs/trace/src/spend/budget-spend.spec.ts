import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { type Clock, systemClock } from '@relay/core';
import type { TestDatabase } from '@relay/testing';
import { traceKit } from '../../test/recorder-kit';
import { traceDatabases } from '../../test/trace-databases';
import { aTrace } from '../../test/trace-record.builder';
import { UsageRollups } from '../usage/usage-rollups';
import { UsageStore } from '../usage/usage.store';
import { BudgetSpend, type SpendScope } from './budget-spend';
import { KeySpend } from './key-spend';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 2, 20, 12, 30);
const TABLES = ['usage_hourly', 'usage_daily', 'usage_touched', 'usage_days', 'tenant_spend'];

describe.each(traceDatabases('what budgets are spent', 'relay_budget_spend'))(
  'what was spent of budgets, on %s,',
  (_name, open) => {
    let database: TestDatabase;
    let directory: string;
    let kit: ReturnType<typeof traceKit>;
    let now: number;
    let clock: Clock;
    let spend: BudgetSpend;

    beforeAll(async () => {
      Logger.overrideLogger(false);
      database = await open();
    }, 60_000);
    afterAll(() => database.close());

    beforeEach(async () => {
      await database.dataSource.query(
        `TRUNCATE request_traces, request_payloads, execution_plans, ${TABLES.join(', ')}`,
      );
      directory = mkdtempSync(join(tmpdir(), 'relay-spool-'));
      now = NOW;
      clock = { ...systemClock, now: () => now };
      kit = traceKit(database.dataSource, directory, systemClock);
      kit.recorder.onModuleInit();
      spend = new BudgetSpend(database.dataSource, kit.recorder, clock);
    });
    afterEach(async () => {
      await kit.recorder.onApplicationShutdown();
      rmSync(directory, { recursive: true, force: true });
    });

    const record = (tenant: string, keyId: string, costUsd: string, at = NOW - HOUR_MS): void =>
      kit.recorder.record(aTrace(at, { tenant, keyId, costUsd }), null, null);
    const scope = (tenantId: string, keyId: string | null, period: 'month' | 'day'): SpendScope => ({
      ...{ id: `${tenantId} ${keyId} ${period}`, tenantId, keyId, period },
    });
    /** Statements that `work` runs. */
    async function statementsOf(work: () => Promise<unknown>): Promise<number> {
      await kit.recorder.flush();
      const query = jest.spyOn(database.dataSource, 'query');
      try {
        await work();
        return query.mock.calls.length;
      } finally {
        query.mockRestore();
      }
    }

    it('is exact for keys, by the tenant they acted as, whether it is counted already or not', async () => {
      record('acme', 'k', '0.1', NOW - 5 * DAY_MS);
      record('acme', 'k', '0.000000000001', NOW - 2 * DAY_MS);
      record('acme', 'k', '0.2');
      record('globex', 'k', '4');
      record('acme', 'other', '8');
      record('acme', 'k', '16', NOW - 25 * DAY_MS); // last month
      const scopes = [scope('acme', 'k', 'month'), scope('acme', 'k', 'day'), scope('globex', 'k', 'day')];
      const read = async (): Promise<unknown> => [...(await spend.of([...scopes, scope('globex', 'none', 'day')]))];
      const expected = [
        ['acme k month', '0.300000000001'],
        ['acme k day', '0.2'],
        ['globex k day', '4'],
        ['globex none day', '0'],
      ];
      await kit.recorder.flush();
      expect(await read()).toEqual(expected);
      await new UsageRollups(database.dataSource, clock).run();
      expect(await read()).toEqual(expected);
      record('acme', 'k', '1', NOW - 5 * DAY_MS); // late, of a day that is summed
      await kit.recorder.flush();
      expect((await spend.of(scopes)).get('acme k month')).toBe('1.300000000001');
    });

    it('is read in as many statements for many tenants as for one', async () => {
      const tenants = ['a', 'b', 'c', 'd'];
      const scopes = tenants.flatMap((tenant) => [scope(tenant, null, 'month'), scope(tenant, 'k', 'day')]);
      expect(await statementsOf(() => spend.of(scopes))).toBe(3); // one of them is a setting
      expect(await statementsOf(() => spend.forecasts(tenants))).toBe(1);
      const keys = new KeySpend(database.dataSource, kit.recorder, clock);
      for (const tenant of tenants) record(tenant, 'k', '0.5');
      keys.watch(() => tenants.map((tenantId) => ({ tenantId, keyId: 'k' })));
      expect(await statementsOf(() => keys.refresh())).toBe(2);
      keys.onApplicationShutdown();
      expect(tenants.map((tenant) => keys.storedUsd(tenant, 'k', 'day'))).toEqual([0.5, 0.5, 0.5, 0.5]);
      now += DAY_MS; // another day, of which nothing was read
      expect([keys.storedUsd('a', 'k', 'day'), keys.storedUsd('a', 'k', 'month')]).toEqual([null, 0.5]);
    });

    it('is read at once of a key that the last reading did not ask for, and of no other', async () => {
      const keys = new KeySpend(database.dataSource, kit.recorder, clock);
      const watched = ['old'];
      keys.watch(() => watched.map((keyId) => ({ tenantId: 'acme', keyId })));
      await keys.refresh();
      record('acme', 'new', '0.5');
      expect(await statementsOf(() => keys.readNew())).toBe(0);
      watched.push('new');
      await keys.readNew();
      keys.onApplicationShutdown();
      expect(keys.storedUsd('acme', 'new', 'day')).toBe(0.5);
    });

    it('is forecast as usage is', async () => {
      for (let day = 0; day < 30; day++) record('acme', 'k', String(1 + (day % 5)), NOW - day * DAY_MS);
      record('globex', 'k', '1');
      await kit.recorder.flush();
      const forecast = await new UsageStore(database.dataSource, kit.recorder, clock).forecast(
        { tenant: 'acme' },
        null,
      );
      const found = await spend.forecasts(['acme', 'globex', 'acme']);
      expect([...found]).toEqual([['acme', forecast.projected?.usd]]);
    });
  },
);
