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

  it('are made, told with what is left, changed and removed', async () => {
    const id = await create({ limitUsd: '10.5', alerts: [1, 0.5] });
    const recorder = admin.app.get(TraceRecorder, { strict: false });
    recorder.record(recordedTrace({ costUsd: '6.000000000001', keyId: 'k' }), null, null);
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
    const ofKey = await create({ keyId: 'k', period: 'day', limitUsd: 100 });
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
    expect(await limits()).toEqual([5]);
    await call('PATCH', `/api/budgets/${id}`, { limitUsd: 7 });
    expect(await limits()).toEqual([7]);
    await call('PATCH', `/api/budgets/${id}`, { hard: false });
    expect(await limits()).toEqual([]);
    await call('DELETE', `/api/budgets/${id}`);
    expect(book.all()).toHaveLength(1);
    await limits();
    expect(book.all()).toHaveLength(0);
  });

  it('tell each threshold once a period', async () => {
    const id = await create({ period: 'day', limitUsd: 8, alerts: [0.5, 0.7, 1] });
    const alerts = admin.app.get(BudgetAlerts, { strict: false });
    const heard: number[] = [];
    const end = alerts.listen(({ threshold }) => heard.push(threshold));
    const round = async (): Promise<void> => {
      const [budget] = admin.app.get(BudgetBook, { strict: false }).all();
      if (!budget) throw new Error('it is gone');
      const spent = await admin.app.get(BudgetSpend, { strict: false }).of([budget]);
      await alerts.note(budget, spent.get(id) ?? '0');
    };
    await round(); // 6 of 8
    await round();
    expect(heard).toEqual([0.5, 0.7]);
    const recorder = admin.app.get(TraceRecorder, { strict: false });
    recorder.record(recordedTrace({ costUsd: '2' }), null, null);
    await recorder.flush();
    await Promise.all([round(), round()]);
    expect(heard).toEqual([0.5, 0.7, 1]);
    end();
    const rows = await admin.app
      .get(DataSource)
      .query('SELECT threshold::float8, spent_usd::float8 FROM budget_alerts WHERE budget_id = $1', [id]);
    expect(rows).toHaveLength(3);
    await call('DELETE', `/api/budgets/${id}`);
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
