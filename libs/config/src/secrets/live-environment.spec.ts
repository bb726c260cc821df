import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeClock, ScriptedVault } from '@relay/testing';
import { formatProblem } from '../config-store';
import { contentCipher } from './content-cipher';
import { LiveEnvironment } from './live-environment';
import { VaultSecrets } from './vault-secrets';

const FIRST = 'the first secret of 32 characters';
const SECOND = 'the second secret of 32 characters';
const PLAIN = Buffer.from('what was said');

describe('secrets of the environment', () => {
  let vault: ScriptedVault;
  let secrets: VaultSecrets;
  let dir: string;
  let configFile: string;

  beforeEach(async () => {
    vault = await ScriptedVault.start();
    vault.grant('root');
    vault.secrets.set('secret/relay', { now: FIRST });
    secrets = new VaultSecrets(new FakeClock());
    dir = mkdtempSync(path.join(tmpdir(), 'relay-environment-'));
    configFile = path.join(dir, 'relay.yaml');
    writeFileSync(
      configFile,
      `secrets: { vault: { address: "${vault.address}", auth: { method: token, token: root } } }`,
    );
  });
  afterEach(async () => {
    rmSync(dir, { recursive: true });
    await vault.close();
  });

  const file = (name: string, text: string): string => {
    writeFileSync(path.join(dir, name), `${text}\n`);
    return `file:${path.join(dir, name)}`;
  };
  const open = async (env: NodeJS.ProcessEnv): Promise<LiveEnvironment> => {
    const opened = await LiveEnvironment.open(env, { vault: secrets, configFile });
    if (!opened.ok) throw new Error(opened.error.map(formatProblem).join('\n'));
    return opened.value;
  };

  it('may lie in files and in Vault, several beside one another', async () => {
    const env = {
      RELAY_ENCRYPTION_KEY: 'vault:relay#now',
      RELAY_ENCRYPTION_KEY_PREVIOUS: `${SECOND}, ${file('old', `old ${FIRST}`)}`,
      RELAY_JWT_SECRET: file('jwt', `jwt ${FIRST}`),
    };
    expect((await open(env)).environment).toMatchObject({
      RELAY_ENCRYPTION_KEY: FIRST,
      RELAY_ENCRYPTION_KEY_PREVIOUS: [SECOND, `old ${FIRST}`],
      RELAY_JWT_SECRET: `jwt ${FIRST}`,
    });
  });

  it('are told by the name of their variable where they cannot be read, and never by their value', async () => {
    vault.secrets.set('secret/short', { key: 'too short' });
    const refused = (env: NodeJS.ProcessEnv) => expect(open(env)).rejects;
    await refused({ RELAY_ENCRYPTION_KEY: 'vault:relay#none' }).toThrow(
      'environment: RELAY_ENCRYPTION_KEY: found the field none of the secret relay of Vault, which is not there; allowed: a value, file:PATH or vault:PATH#FIELD',
    );
    await refused({ RELAY_JWT_SECRET: 'file:/nowhere' }).toThrow(/RELAY_JWT_SECRET: found the file \/nowhere.*ENOENT/);
    await refused({ RELAY_ENCRYPTION_KEY: 'vault:short#key' }).toThrow(
      /RELAY_ENCRYPTION_KEY: found a string \(hidden\)/,
    );
  });

  it('stop the start where Vault is sealed, or not named at all', async () => {
    vault.sealed = true;
    await expect(open({ RELAY_ENCRYPTION_KEY: 'vault:relay#now' })).rejects.toThrow(
      /relay\.yaml:1:\d+: secrets\.vault\.address: found a Vault that is sealed/,
    );
    writeFileSync(configFile, '{}');
    await expect(open({ RELAY_ENCRYPTION_KEY: 'vault:relay#now' })).rejects.toThrow('no secrets.vault to read it from');
    writeFileSync(configFile, 'secrets: { vault: { address: nowhere } }');
    await expect(open({ RELAY_ENCRYPTION_KEY: 'vault:relay#now' })).rejects.toThrow('secrets.vault has problems');
  });

  it('seal with a new key as soon as it is read, and go on opening what the one before has sealed', async () => {
    const live = await open({ RELAY_ENCRYPTION_KEY: 'vault:relay#now' });
    const cipher = contentCipher('test', live.environment);
    if (!cipher) throw new Error('there is no key');
    const before = cipher.seal(PLAIN, 'place');
    vault.secrets.set('secret/relay', { now: SECOND });
    expect(await live.refresh()).toEqual([]);
    expect(cipher.open(before, 'place')).toEqual(PLAIN);
    const after = cipher.seal(PLAIN, 'place');
    const fresh = contentCipher('test', { RELAY_ENCRYPTION_KEY: SECOND, RELAY_ENCRYPTION_KEY_PREVIOUS: undefined });
    expect(fresh?.open(after, 'place')).toEqual(PLAIN);
    expect(fresh?.open(before, 'place')).toBeUndefined();
  });

  it('stay as they were where the new ones are no good', async () => {
    const live = await open({ RELAY_ENCRYPTION_KEY: 'vault:relay#now' });
    vault.secrets.set('secret/relay', { now: 'too short' });
    expect(await live.refresh()).toMatchObject([{ path: 'RELAY_ENCRYPTION_KEY' }]);
    expect(live.environment.RELAY_ENCRYPTION_KEY).toBe(FIRST);
  });
});
