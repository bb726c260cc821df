import { saySkipped } from '@relay/testing';
import { BudgetAlerts, BudgetBook, BudgetTable, BudgetWatch } from '@relay/scheduler';
import { BudgetSpend, TraceRecorder } from '@relay/trace';
import { systemClock } from '@relay/core';
import { DataSource } from 'typeorm';
import { type AdminApp, startAdmin } from '../../test/admin-app';
import { recordedTrace } from '../../test/recorded-trace';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('budgets over REST, because TEST_DATABASE_URL is not set');

describePostgres('budgets over REST', () => {
  let admin: AdminApp;
  let token: string;

  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    token = await admin.tokenOf('operator');
  }, 60_000);
  afterAll(() => admin.close());

  const call = (method: string, path: string, body?: unknown, as = token) =>
    admin.call(method, path, { token: as, body });
  const create = async (body: object): Promise<string> => {
    const created = await call('POST', '/api/budgets', { tenant: 'alpha', period: 'month', limitUsd: 10, ...body });
    expect(created.status).toBe(201);
    return created.body.id as string;
  };

  const keyOf = async (tenant: string): Promise<string> => {
    const made = await call('POST', `/api/tenants/${tenant}/keys`, { name: 'ci' });
    expect(made.status).toBe(201);
    return made.body.id as string;
  };

  it('are made, told with what is left, changed and removed', async () => {
    const id = await create({ limitUsd: '10.5', alerts: [1, 0.5] });
    const keyId = await keyOf('alpha');
    const recorder = admin.app.get(TraceRecorder, { strict: false });
    recorder.record(recordedTrace({ costUsd: '6.000000000001', keyId }), null, null);
    await recorder.flush();
    expect((await call('GET', `/api/budgets/${id}`)).body).toMatchObject({
      ...{ id, source: 'database', tenant: 'alpha', keyId: null, period: 'month', limitUsd: '10.5', hard: true },
      ...{
        spentUsd: '6.000000000001',
        remainingUsd: '4.499999999999',
        state: 'warned',
        alerts: [0.5, 1],
        forecastUsd: null,
      },
    });
    expect((await call('PATCH', `/api/budgets/${id}`, { limitUsd: 6, hard: false })).body).toMatchObject({
      ...{ limitUsd: '6', remainingUsd: '0', state: 'exceeded', hard: false },
    });
    const ofKey = await create({ keyId, period: 'day', limitUsd: 100 });
    expect((await call('GET', `/api/budgets/${ofKey}`)).body).toMatchObject({
      spentUsd: '6.000000000001',
      state: 'ok',
    });
    const { body } = await call('GET', '/api/budgets?limit=1');
    expect((body.data as unknown[]).length).toBe(1);
    expect((await call('GET', `/api/budgets?limit=1&cursor=${body.nextCursor as string}`)).body.nextCursor).toBeNull();
    expect((await call('POST', '/api/budgets', { tenant: 'alpha', period: 'month', limitUsd: 1 })).status).toBe(409);
    for (const one of [id, ofKey]) expect((await call('DELETE', `/api/budgets/${one}`)).status).toBe(204);
    expect((await call('GET', `/api/budgets/${id}`)).status).toBe(404);
    const audit = await call('GET', '/api/audit?limit=50');
    for (const action of ['budget.create', 'budget.update', 'budget.delete']) expect(audit.text).toContain(action);
  });

  it('hold in another process when it looks next, which is every two seconds', async () => {
    const id = await create({ limitUsd: 5 });
    const book = new BudgetBook({ register: () => undefined } as never);
    const table = new BudgetTable(admin.app.get(DataSource), systemClock);
    const watch = new BudgetWatch(table, book, systemClock);
    const limits = async () => {
      await watch.look();
      return book.hardOf('alpha', 'any').map(({ limitUsd }) => limitUsd);
    };
    expect(await limits()).toEqual(['5']);
    await call('PATCH', `/api/budgets/${id}`, { limitUsd: 7 });
    expect(await limits()).toEqual(['7']);
    await call('PATCH', `/api/budgets/${id}`, { hard: false });
    expect(await limits()).toEqual([]);
    await call('DELETE', `/api/budgets/${id}`);
    expect(book.all()).toHaveLength(1);
    await limits();
    expect(book.all()).toHaveLength(0);
  });

  it('tell each threshold of each limit once a period, as long as it is crossed', async () => {
    const id = await create({ period: 'day', limitUsd: 8, alerts: [0.5, 0.7, 1] });
    const alerts = admin.app.get(BudgetAlerts, { strict: false });
    const round = async (): Promise<void> => {
      await admin.app.get(BudgetWatch, { strict: false }).look();
      const budgets = admin.app.get(BudgetBook, { strict: false }).all();
      await alerts.record(budgets, await admin.app.get(BudgetSpend, { strict: false }).of(budgets));
    };
    const told = async (limit: number): Promise<unknown[]> =>
      admin.app
        .get(DataSource)
        .query(
          `SELECT threshold::float8, ended_at IS NULL AS holds FROM budget_alerts WHERE budget_id = $1 AND limit_usd = $2 ORDER BY 1`,
          [id, limit],
        );
    const [half, most, all] = [0.5, 0.7, 1].map((threshold) => ({ threshold, holds: true }));
    await round(); // 6 of 8
    await round();
    expect(await told(8)).toEqual([half, most]);
    const recorder = admin.app.get(TraceRecorder, { strict: false });
    recorder.record(recordedTrace({ costUsd: '2' }), null, null);
    await recorder.flush();
    await Promise.all([round(), round()]);
    expect(await told(8)).toEqual([half, most, all]);

    await call('PATCH', `/api/budgets/${id}`, { limitUsd: 10 });
    await round(); // 8 of 10
    expect(await told(8)).toEqual([half, most, all].map((one) => ({ ...one, holds: false })));
    expect(await told(10)).toEqual([half, most]);
    await call('PATCH', `/api/budgets/${id}`, { limitUsd: 8, alerts: [0.5] });
    await round();
    expect(await told(8)).toEqual([half, { ...most, holds: false }, { ...all, holds: false }]);
    await call('DELETE', `/api/budgets/${id}`);
    await round();
    expect(await told(8)).not.toContainEqual(half);
  });

  it('forget what was crossed more than 400 days ago', async () => {
    const dataSource = admin.app.get(DataSource);
    for (const days of [399, 402])
      await dataSource.query(
        `INSERT INTO budget_alerts (id, budget_id, tenant, threshold, spent_usd, limit_usd, period, period_start, at)
         VALUES (gen_random_uuid(), 'old', 'alpha', 1, 1, 1, 'day', $1, $1)`,
        [new Date(Date.now() - days * 86_400_000)],
      );
    await admin.app.get(BudgetAlerts, { strict: false }).forget();
    expect(await dataSource.query(`SELECT FROM budget_alerts WHERE budget_id = 'old'`)).toHaveLength(1);
  });

  it('are refused for keys that there are not, or that are of another tenant', async () => {
    await call('POST', '/api/tenants', { id: 'gamma' }, await admin.tokenOf('owner'));
    const foreign = await keyOf('gamma');
    for (const keyId of ['k', '00000000-0000-7000-8000-000000000000', foreign]) {
      const refused = await call('POST', '/api/budgets', { tenant: 'alpha', keyId, period: 'day', limitUsd: 1 });
      expect(refused).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', param: 'keyId' } } });
    }
  });

  it('are refused beyond as many as every process reads', async () => {
    const dataSource = admin.app.get(DataSource);
    await dataSource.query(
      `INSERT INTO budgets (id, tenant, period, limit_usd, hard, alerts, created_at, updated_at)
       SELECT gen_random_uuid(), 'many-' || n, 'day', 1, true, '{}', now(), now() FROM generate_series(1, 50000) AS n`,
    );
    const refused = await call('POST', '/api/budgets', { tenant: 'alpha', period: 'month', limitUsd: 1 });
    expect(refused).toMatchObject({ status: 409, body: { error: { message: expect.stringContaining('50000') } } });
    await dataSource.query(`DELETE FROM budgets WHERE tenant LIKE 'many-%'`);
    const id = await create({ period: 'month' });
    expect((await call('DELETE', `/api/budgets/${id}`)).status).toBe(204);
  });

  it('of other tenants do not exist for a tenant-admin', async () => {
    await call('POST', '/api/tenants', { id: 'beta' }, await admin.tokenOf('owner'));
    const other = await call('POST', '/api/budgets', { tenant: 'beta', period: 'day', limitUsd: 1 });
    const as = await admin.tokenOf('tenant-admin', 'alpha');
    expect((await call('GET', `/api/budgets/${other.body.id as string}`, undefined, as)).status).toBe(404);
    expect((await call('GET', '/api/budgets', undefined, as)).body).toMatchObject({ data: [] });
    expect((await call('DELETE', `/api/budgets/${other.body.id as string}`, undefined, as)).status).toBe(403);
  });

  it.each([0, -1, 'NaN', null, '1e400', 1e12, '=1+1', ''])('are refused with the limit %j', async (limitUsd) => {
    const refused = await call('POST', '/api/budgets', { tenant: 'alpha', period: 'month', limitUsd });
    expect(refused).toMatchObject({ status: 400, body: { error: { param: 'limitUsd' } } });
  });

  it('are refused with thresholds that come twice, and for tenants that there are not', async () => {
    const asked = { tenant: 'alpha', period: 'month', limitUsd: 1 };
    expect((await call('POST', '/api/budgets', { ...asked, alerts: [0.5, 0.5] })).status).toBe(400);
    expect((await call('POST', '/api/budgets', { ...asked, tenant: 'nobody' })).status).toBe(404);
  });
});
