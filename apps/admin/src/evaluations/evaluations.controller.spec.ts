import { saySkipped } from '@relay/testing';
import { newTraceId } from '@relay/core';
import { TraceRecorder } from '@relay/trace';
import { type AdminApp, startAdmin } from '../../test/admin-app';
import { recordedTrace } from '../../test/recorded-trace';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
if (!databaseUrl) saySkipped('evaluations over HTTP, because TEST_DATABASE_URL is not set');

(databaseUrl ? describe : describe.skip)('evaluations over HTTP', () => {
  let admin: AdminApp;
  const tokens = { viewer: '', own: '' };

  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    tokens.viewer = await admin.tokenOf('viewer');
    tokens.own = await admin.tokenOf('tenant-admin', 'alpha');
    const recorder = admin.app.get(TraceRecorder, { strict: false });
    const record = (tenant: string, policy: string, status: 'ok' | 'error'): void =>
      recorder.record(
        recordedTrace({ id: newTraceId(Date.now()), tenant, policy, status, costUsd: '0.001' }),
        null,
        null,
      );
    for (let n = 0; n < 60; n++) record('alpha', n % 2 === 0 ? 'steady@1' : '=risky@2', n % 4 === 1 ? 'error' : 'ok');
    record('beta', 'steady@1', 'ok');
    await recorder.flush();
  }, 60_000);
  afterAll(() => admin.close());

  const get = (path: string, token = tokens.viewer, headers: Record<string, string> = {}) =>
    admin.call('GET', `/api/evaluations${path}`, { token, headers });

  it('tells each group, and a tenant-admin of the own tenant only', async () => {
    const { body } = await get('');
    expect(body).toMatchObject({ by: 'policy', total: { requests: 61, costUsd: '0.061' }, truncated: false });
    expect(body['data']).toMatchObject([
      { key: 'steady@1', requests: 31 },
      { key: '=risky@2', requests: 30, errors: 15 },
    ]);
    expect((await get('', tokens.own)).body).toMatchObject({ total: { requests: 60 } });
    expect((await get('?tenant=beta', tokens.own)).body).toMatchObject({ data: [], total: { requests: 0 } });
  });

  it('says in words what became worse', async () => {
    const { status, body } = await get(`/comparison?a=steady@1&b=${encodeURIComponent('=risky@2')}`);
    expect([status, body['regression']]).toEqual([200, true]);
    const figures = body['figures'] as { figure: string; verdict: string; difference: unknown }[];
    expect(figures.find(({ figure }) => figure === 'errorShare')).toMatchObject({ verdict: 'worse', difference: 0.5 });
    expect(figures.find(({ figure }) => figure === 'quality')).toMatchObject({ verdict: 'too-few' });
  });

  it('refuses a comparison of nothing, and a figure that does not exist', async () => {
    expect(await get('/comparison?a=steady@1')).toMatchObject({
      ...{ status: 400, body: { error: { code: 'invalid_request', param: 'b' } } },
    });
    expect(await get('?by=weather')).toMatchObject({ status: 400, body: { error: { param: 'by' } } });
  });

  it('comes as CSV, without formulas', async () => {
    const { text, headers } = await get('', tokens.viewer, { accept: 'text/csv' });
    expect(headers.get('content-disposition')).toContain('evaluations-by-policy.csv');
    const [head, first, second] = text.split('\n');
    expect(head).toMatch(/^policy,requests,errors,costUsd,verdicts,voices,badHits,quality,qualityLow,qualityHigh,/);
    expect(first).toMatch(/^steady@1,31,0,0\.031,0,0,0,,,,/);
    expect(second).toMatch(/^'=risky@2,30,15,/);
  });
});
