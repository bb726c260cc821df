import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { policyDocumentSchema } from '@relay/contracts';
import { FakeClock, freePort, ScriptedVault } from '@relay/testing';
import { formatProblem } from '../config-store';
import { loadRelayConfig } from '../load-config';
import { VaultSecrets } from './vault-secrets';

const KEY = 'sk-the-key-that-vault-keeps';
const POD_TOKEN = 'eyJ.pod.token';
const SECRET_ID = 'f7d0-the-secret-id';
const NOT_TOLD = [KEY, POD_TOKEN, SECRET_ID, 'hvs.'];

const document = (vault: string, key = 'vault:openai#key') => `
secrets: { vault: ${vault} }
providers:
  - { id: one, kind: openai, baseUrl: "http://127.0.0.1:9000/v1", apiKey: "${key}" }
models: [{ id: small, targets: [{ provider: one, model: m }] }]
`;

describe('secrets of Vault', () => {
  let vault: ScriptedVault;
  let clock: FakeClock;
  let secrets: VaultSecrets;
  let dir: string;
  let stop: (() => void) | null;
  const told: string[] = [];

  beforeEach(async () => {
    vault = await ScriptedVault.start();
    vault.secrets.set('secret/openai', { key: KEY });
    vault.approles.set('relay', SECRET_ID);
    clock = new FakeClock();
    secrets = new VaultSecrets(clock);
    dir = mkdtempSync(path.join(tmpdir(), 'relay-vault-'));
    stop = null;
    told.length = 0;
  });
  afterEach(async () => {
    stop?.();
    expect(NOT_TOLD.filter((secret) => told.join('\n').includes(secret))).toEqual([]);
    rmSync(dir, { recursive: true });
    await vault.close();
  });

  const approle = (more = '') =>
    `{ address: "${vault.address}", auth: { method: approle, roleId: relay, secretId: ${SECRET_ID} }${more} }`;
  const withToken = (token: string, more = '') =>
    `{ address: "${vault.address}", auth: { method: token, token: ${token} }${more} }`;
  const load = (yaml: string) => {
    const file = path.join(dir, 'relay.yaml');
    writeFileSync(file, yaml);
    const discover = () => Promise.resolve({ providers: [], models: [] });
    const defaultPolicy = policyDocumentSchema.parse({ name: 'default', version: 1 });
    return loadRelayConfig({
      ...{ file, required: true, env: {}, vault: secrets, discover, defaultPolicy, checkPolicy: () => [] },
    });
  };
  const keyOf = async (yaml: string): Promise<string | undefined> => {
    const loaded = await load(yaml);
    if (!loaded.ok) throw new Error(loaded.error.map(formatProblem).join('\n'));
    return loaded.value.providers[0]?.apiKey;
  };
  const problemsOf = async (yaml: string): Promise<string[]> => {
    const loaded = await load(yaml);
    if (loaded.ok) throw new Error('the configuration was accepted');
    const lines = loaded.error.map((problem) => formatProblem({ ...problem, file: path.basename(problem.file) }));
    told.push(...lines);
    return lines;
  };
  const watch = (onChange: () => void = () => undefined): void => {
    const say = (message: string): void => void told.push(message);
    stop = secrets.watch({ log: say, error: say }, onChange);
  };
  /** Until the condition holds; each turn lets sockets be read. */
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };

  it('are read with a token, with AppRole, and as a pod of Kubernetes', async () => {
    vault.grant('root');
    expect(await keyOf(document(withToken('root')))).toBe(KEY);
    expect(await keyOf(document(approle()))).toBe(KEY);
    vault.pods.set(POD_TOKEN, 'gateway');
    writeFileSync(path.join(dir, 'jwt'), `${POD_TOKEN}\n`);
    const pod = `{ method: kubernetes, role: gateway, jwtPath: ${path.join(dir, 'jwt')} }`;
    expect(await keyOf(document(`{ address: "${vault.address}", auth: ${pod} }`))).toBe(KEY);
    expect(vault.logins).toBe(2);
  });

  it('are read below a mount and a namespace of their own, each secret once', async () => {
    vault.namespace = 'team-a';
    vault.secrets.set('kv/apps/open ai', { key: KEY, other: 'x'.repeat(8) });
    const yaml = document(approle(', namespace: team-a, mount: kv'), 'vault:apps/open ai#key');
    expect(await keyOf(`${yaml}tenants: [{ id: a, keys: [{ name: k, value: "vault:apps/open ai#other" }] }]`)).toBe(
      KEY,
    );
    expect(vault.asked.filter((asked) => asked.includes('/data/'))).toEqual(['GET kv/data/apps/open%20ai']);
  });

  it('are told one by one where they are missing, denied, deleted or of no use, with their places', async () => {
    vault.secrets.set('secret/gone', null);
    vault.secrets.set('secret/empty', { key: '' });
    vault.denied.add('secret/hidden');
    const references = ['none#key', 'gone#key', 'hidden#key', 'openai#nothing', 'empty#key', 'no-field', '../x#y'];
    const keys = references.map((reference, i) => `{ name: k${i}, value: "vault:${reference}" }`);
    const lines = await problemsOf(`${document(approle())}tenants: [{ id: a, keys: [${keys.join(', ')}] }]`);
    expect(lines).toHaveLength(references.length);
    for (const [i, words] of [
      'secret/none of Vault, which is not there',
      'secret/gone of Vault, whose newest version was deleted',
      'secret/hidden of Vault, which it denies',
      'field nothing of the secret openai of Vault, which is not there',
      'field key of the secret empty of Vault, which is no text',
      'not of the form vault:PATH#FIELD',
      'not of the form vault:PATH#FIELD',
    ].entries()) {
      expect(lines[i]).toMatch(
        new RegExp(`^relay.yaml:\\d+:\\d+: tenants\\[0\\].keys\\[${i}\\].value: found .*; allowed`),
      );
      expect(lines[i]).toContain(words);
    }
  });

  it.each<[string, () => void | Promise<void>, string]>([
    ['sealed', () => void (vault.sealed = true), 'secrets.vault.address: found a Vault that is sealed (503)'],
    [
      'silent',
      () => void (vault.hangs = true),
      'secrets.vault.address: found a Vault that did not answer within 200 ms',
    ],
    ['not to the login', () => vault.approles.clear(), 'secrets.vault.auth: found a login that Vault refuses (400)'],
  ])('stop the start with one line where Vault is %s, however many there are', async (_, happens, line) => {
    await happens();
    const yaml = document(approle(', timeoutMs: 200'));
    const lines = await problemsOf(`${yaml}tenants: [{ id: a, keys: [{ name: k, value: "vault:openai#key" }] }]`);
    expect(lines).toEqual([expect.stringContaining(line) as string]);
  });

  it('stop the start where nobody listens, where the token is no good, and where no vault is named', async () => {
    const address = `http://127.0.0.1:${await freePort()}`;
    const nobody = `{ address: "${address}", auth: { method: token, token: x } }`;
    expect(await problemsOf(document(nobody))).toEqual([expect.stringContaining('(ECONNREFUSED)') as string]);
    expect((await problemsOf(document(withToken('unknown'))))[0]).toContain('a token that Vault refuses (403)');
    expect((await problemsOf(document('null').replace(/^secrets.*$/m, '')))[0]).toContain(
      'no secrets.vault to read it',
    );
    expect((await problemsOf(document(withToken('vault:a#b'))))[0]).toMatch(
      /secrets\.vault\.auth\.token: found a vault:/,
    );
  });

  it('stay in force while Vault is sealed, denies them, or lost them; what was never read does not', async () => {
    const yaml = document(approle());
    await keyOf(yaml);
    watch();
    vault.sealed = true;
    expect(await keyOf(yaml)).toBe(KEY);
    expect(secrets.status()).toMatchObject({ problem: 'a Vault that is sealed (503)' });
    expect(told).toEqual([expect.stringContaining('stay in force') as string]);
    expect((await problemsOf(document(approle(), 'vault:openai#other')))[0]).toContain('sealed');
    vault.sealed = false;
    vault.denied.add('secret/openai');
    expect(await keyOf(yaml)).toBe(KEY);
    vault.denied.clear();
    vault.secrets.clear();
    expect(await keyOf(yaml)).toBe(KEY);
  });

  it('stay in force where their next value has a control character, and say which it is', async () => {
    vault.grant('root');
    await keyOf(document(withToken('root')));
    vault.secrets.set('secret/openai', { key: 'sk-new\u0007value' });
    expect(await keyOf(document(withToken('root')))).toBe(KEY);
    expect(secrets.status()?.problem).toMatch(/^the field key of the secret openai of Vault, which has a control/);
    vault.secrets.set('secret/openai', { key: '-----BEGIN-----\nline\r\n-----END-----' });
    expect(await keyOf(document(withToken('root')))).toContain('line');
  });

  it('are not taken over from another Vault', async () => {
    await keyOf(document(approle()));
    const other = `{ address: "http://127.0.0.1:${await freePort()}", auth: { method: token, token: x } }`;
    expect((await problemsOf(document(other)))[0]).toContain('cannot be reached');
  });

  it('are read again at intervals, and tell when one is another', async () => {
    let changes = 0;
    await keyOf(document(approle(', refreshSeconds: 60')));
    watch(() => changes++);
    const readings = (): number => vault.asked.filter((asked) => asked === 'GET secret/data/openai').length;
    clock.advance(59_999);
    expect(readings()).toBe(1);
    clock.advance(1);
    await until(() => readings() === 2 && clock.pending === 2); // the timer of the next reading, and that of the lease
    expect(changes).toBe(0);
    vault.secrets.set('secret/openai', { key: 'another key' });
    clock.advance(60_000);
    await until(() => changes === 1);
    expect(await keyOf(document(approle(', refreshSeconds: 60')))).toBe('another key');
  });

  it('are not asked for any more once nothing refers to them', async () => {
    await keyOf(document(approle(', refreshSeconds: 60')));
    watch();
    secrets.startOver();
    vault.secrets.set('secret/newer', { key: 'newer key' });
    await keyOf(document(approle(', refreshSeconds: 60'), 'vault:newer#key'));
    vault.secrets.delete('secret/openai');
    vault.asked.length = 0;
    clock.advance(60_000);
    await until(() => vault.asked.length > 0 && clock.pending === 2);
    expect(vault.asked).toEqual(['GET secret/data/newer']);
    expect(secrets.status()).toMatchObject({ references: 1, problem: null });
  });

  it('renew the lease before it ends, and log in anew where that is refused', async () => {
    await keyOf(document(approle(', refreshSeconds: 86400')));
    watch();
    const pass = async (seconds: number, holds: () => boolean): Promise<void> => {
      vault.now += seconds;
      clock.advance(seconds * 1_000);
      await until(() => holds() && clock.pending === 2);
    };
    await pass(2_400, () => vault.renewals === 1);
    vault.renews = false;
    await pass(2_400, () => vault.logins === 2);
    vault.now += 1_000; // the first token has ended, the second lives
    expect(await keyOf(document(approle(', refreshSeconds: 86400')))).toBe(KEY);
    expect(told).toEqual([]);
  });

  it('log in once more where a token was revoked, and not where only a secret is denied', async () => {
    await keyOf(document(approle()));
    vault.revokeAll();
    vault.secrets.set('secret/openai', { key: 'newer key' });
    expect(await keyOf(document(approle()))).toBe('newer key');
    expect(vault.logins).toBe(2);
    vault.denied.add('secret/openai');
    await keyOf(document(approle()));
    expect(vault.logins).toBe(2);
  });
});
