import type { AuthenticatedUser } from '@relay/auth';
import { ConfigStore, type RelayConfig } from '@relay/config';
import type { PolicyVersionDetail, Warming } from '@relay/contracts';
import { saySkipped } from '@relay/testing';
import { TraceRecorder } from '@relay/trace';
import { type AdminApp, startAdmin } from '../../test/admin-app';
import { recordedTrace } from '../../test/recorded-trace';
import { WarmOnPublish } from './warm-on-publish.service';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('warming after a policy was published, because TEST_DATABASE_URL is not set');

const REQUEST = JSON.stringify({
  model: 'small',
  messages: [{ role: 'user', content: 'How do I reset my password?' }],
});
const TERMS = { top: 10, days: 3, maxUsdPerTenant: 0.5 };

describePostgres('warming after a policy was published', () => {
  let admin: AdminApp;
  let config: ConfigStore;
  let token: string;
  let version = 0;

  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    config = admin.app.get(ConfigStore, { strict: false });
    token = await admin.tokenOf('operator');
    const recorder = admin.app.get(TraceRecorder, { strict: false });
    for (const tenant of ['alpha', 'gone']) {
      recorder.record(recordedTrace({ tenant }), null, { request: REQUEST, response: '{}' });
    }
    await recorder.flush();
  });
  afterAll(() => admin?.close());

  const want = (warmOnPublish: RelayConfig['cache']['warmOnPublish']): void => {
    const { current } = config;
    expect(config.replace({ ...current, cache: { ...current.cache, warmOnPublish } })).toEqual([]);
  };
  const call = async <T>(method: string, target: string, body?: object): Promise<T> =>
    JSON.parse((await admin.call(method, `/api${target}`, { token, body })).text) as T;
  const publish = async (): Promise<void> => {
    const source = `name: test\nversion: 1\ndefaults: { cache: { version: '${++version}' } }\n`;
    const draft = await call<PolicyVersionDetail>('POST', '/policies/versions', { source });
    await call('POST', `/policies/versions/${draft.version}/publish`, {});
  };
  const warmings = async (): Promise<Warming[]> => (await call<{ data: Warming[] }>('GET', '/cache/warm')).data;
  const warmed = async (count: number): Promise<Warming[]> => {
    for (;;) {
      const found = await warmings();
      if (found.length >= count) return found;
    }
  };

  it('is not done where nobody asked for it', async () => {
    await publish();
    const user = await call<AuthenticatedUser>('GET', '/auth/me');
    await admin.app.get(WarmOnPublish, { strict: false }).start(user);
    expect(await warmings()).toEqual([]);
  });

  it('begins for each tenant that is there and whose requests are kept, in the name of who published, and after a rollback', async () => {
    want(TERMS);
    await publish();
    expect(await warmed(1)).toMatchObject([{ tenant: 'alpha', status: 'waiting' }]);
    const { data: deeds } = await call<{ data: object[] }>('GET', '/audit?limit=1');
    expect(deeds).toMatchObject([
      { action: 'cache.warm', detail: { tenant: 'alpha', maxUsd: 0.5, traces: { days: 3, top: 10 } } },
    ]);
    await call('POST', '/policies/rollback', { version: 'test@2' });
    expect(await warmed(2)).toHaveLength(2);
  });
});
