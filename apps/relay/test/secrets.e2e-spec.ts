import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ScriptedUpstream, ScriptedVault } from '@relay/testing';
import { RelayProcess } from './relay-process';

const POLL_MS = 50;
const SECRETS = {
  provider: 'sk-provider-key-that-vault-keeps',
  renewed: 'sk-provider-key-that-came-later',
  tenant: 'acme-key-that-vault-keeps',
  encryption: 'an encryption key of 32 characters',
  header: 'org-that-vault-keeps',
  secretId: 'secret-id-of-this-relay',
};
const SAID = 'the quick brown fox of acme';

/** What the relay answers on every route of the control plane that takes no parameter. */
async function everything(relay: RelayProcess): Promise<string> {
  const admin = await relay.admin();
  const document = (await (await fetch(`${relay.url}/openapi.json`)).json().catch(() => ({}))) as {
    paths?: Record<string, Record<string, unknown>>;
  };
  const written = readFileSync(path.resolve(__dirname, '../../../openapi.json'), 'utf8');
  const { paths } = JSON.parse(written) as { paths: Record<string, Record<string, unknown>> };
  const routes = Object.entries({ ...document.paths, ...paths })
    .filter(([route, methods]) => route.startsWith('/api/') && !route.includes('{') && 'get' in methods)
    .filter(([route]) => !/tail|events|stream|oidc/.test(route))
    .map(([route]) => route);
  expect(routes.length).toBeGreaterThan(10);
  const texts = await Promise.all(
    [
      ...routes.map((route) => admin.open(route)),
      fetch(`${relay.url}/metrics`),
      fetch(`${relay.url}/health/ready`),
    ].map(async (reply) => (await reply).text()),
  );
  return texts.join('\n');
}

/** All that lies below the folder, whatever it is, but relay.yaml. */
function filesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'relay.yaml')
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

/** Each starts several relays, one after the other. */
jest.setTimeout(180_000);

describe('secrets that Vault keeps', () => {
  let vault: ScriptedVault;
  let upstream: ScriptedUpstream;
  let relay: RelayProcess | null = null;

  beforeEach(async () => {
    vault = await ScriptedVault.start();
    vault.approles.set('relay', SECRETS.secretId);
    vault.secrets.set('secret/llm', { key: SECRETS.provider, org: SECRETS.header });
    vault.secrets.set('secret/relay', { acme: SECRETS.tenant, encryption: SECRETS.encryption });
    upstream = await ScriptedUpstream.start();
  });
  afterEach(async () => {
    await relay?.close();
    relay = null;
    await upstream.close();
    await vault.close();
  });

  const config = (): object => ({
    secrets: {
      vault: {
        address: vault.address,
        auth: { method: 'approle', roleId: 'relay', secretId: 'env:VAULT_SECRET_ID' },
        refreshSeconds: 1,
        timeoutMs: 1_000,
      },
    },
    providers: [
      {
        ...{ id: 'mock', kind: 'openai', baseUrl: upstream.baseUrl, preheat: { connections: 0 } },
        ...{ apiKey: 'vault:llm#key', headers: { 'x-org': 'vault:llm#org' } },
      },
    ],
    models: [{ id: 'small', targets: [{ provider: 'mock', model: 'mock-small' }] }],
    policy: { name: 'test', version: 1, defaults: { payloadLogging: true }, rules: [] },
    tenants: [{ id: 'acme', keys: [{ name: 'ci', value: 'vault:relay#acme' }] }],
  });
  const env = {
    VAULT_SECRET_ID: SECRETS.secretId,
    RELAY_ENCRYPTION_KEY: 'vault:relay#encryption',
    RELAY_LOG_LEVEL: 'trace',
  };
  let asked = 0; // each time something else, for the upstream to hear of it
  const ask = (of: RelayProcess): Promise<Response> =>
    of.post(SECRETS.tenant, { model: 'small', messages: [{ role: 'user', content: `${SAID} ${++asked}` }] });
  const authorization = (): string | undefined => upstream.requests.at(-1)?.headers.authorization;
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  };

  it('serve requests, follow changes, outlive a sealed Vault, and are told to nobody', async () => {
    const running = await RelayProcess.start({ config: config(), env });
    relay = running;
    expect((await ask(running)).status).toBe(200);
    expect([authorization(), upstream.requests[0]?.headers['x-org']]).toEqual([
      `Bearer ${SECRETS.provider}`,
      SECRETS.header,
    ]);

    vault.secrets.set('secret/llm', { key: SECRETS.renewed, org: SECRETS.header });
    await until(async () => (await ask(running)).status === 200 && authorization() === `Bearer ${SECRETS.renewed}`);

    vault.sealed = true;
    await until(async () => (await (await fetch(`${running.url}/health/ready`)).text()).includes('sealed'));
    expect((await ask(running)).status).toBe(200);
    const admin = await running.admin();
    const [row] = await admin.traces();
    expect(JSON.stringify(await admin.trace(row?.id ?? ''))).toContain(SAID); // it is kept, and opens

    const told = (await everything(running)) + running.printed;
    const folder = running.folder;
    await running.kill('SIGTERM');
    const lies = filesIn(folder);
    for (const secret of Object.values(SECRETS)) {
      expect(told + running.printed).not.toContain(secret);
      expect(lies).not.toContain(secret);
    }
    expect(lies).not.toContain(SAID);
  });

  it('stop the start while Vault is sealed, in one line, and with a key that the data is not sealed with', async () => {
    vault.sealed = true;
    relay = await RelayProcess.launch({ config: config(), env });
    expect(await relay.exited()).toBe(78);
    expect(relay.printed).toMatch(/relay\.yaml:1:\d+: secrets\.vault\.address: found a Vault that is sealed \(503\)/);

    vault.sealed = false;
    const first = await RelayProcess.start({ config: config(), env, folder: relay.folder });
    await first.kill('SIGTERM');
    vault.secrets.set('secret/relay', { acme: SECRETS.tenant, encryption: `other ${SECRETS.encryption}` });
    relay = await RelayProcess.launch({ config: config(), env, folder: first.folder });
    expect(await relay.exited()).toBe(78);
    expect(relay.printed).toMatch(/environment: RELAY_ENCRYPTION_KEY: found another secret than the data/);
    expect(relay.printed).not.toContain(SECRETS.encryption);
  });
});
