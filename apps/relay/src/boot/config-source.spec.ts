import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadEnvironment, type ConfigStore } from '@relay/config';
import { ConfigSource } from './config-source';

const RELAY = `
providers: [{ id: sim, kind: simulator }]
models: [{ id: small, targets: [{ provider: sim, model: small }] }]
policy: ./policy.yaml
`;
const common = (deadlineMs: number | string) => `rules: [{ id: a, when: 'true', then: { deadlineMs: ${deadlineMs} } }]`;

describe('watching the configuration', () => {
  let dir: string;
  let store: ConfigStore;
  let stop: () => void;
  let messages: string[];
  let standing: string | null;
  let next: Promise<string>;
  const write = (name: string, text: string): void => writeFileSync(path.join(dir, name), text);

  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'relay-watch-'));
    write('relay.yaml', RELAY);
    write('policy.yaml', 'name: p\nversion: 1\ninclude: [common.yaml]');
    write('common.yaml', common(1_000));
    const env = { RELAY_CONFIG: path.join(dir, 'relay.yaml') };
    const environment = loadEnvironment(env);
    if (!environment.ok) throw new Error('the environment is refused');
    const source = ConfigSource.of(environment.value, env);
    store = await source.open();
    messages = [];
    let told: (message: string) => void = () => undefined;
    const tell = (message: string): void => {
      messages.push(message);
      told(message);
      next = new Promise((resolve) => (told = resolve));
    };
    next = new Promise((resolve) => (told = resolve));
    standing = null;
    stop = source.watch({ log: tell, error: tell }, () => standing);
  });
  afterEach(() => {
    stop();
    rmSync(dir, { recursive: true });
  });

  it('applies a change of a file that the policy includes, refuses a bad one with its place, and notices when it is mended', async () => {
    write('common.yaml', common(22_222));
    expect(await next).toMatch(/relay\.yaml was applied/);
    expect(store.current.policy.rules[0]?.then?.deadlineMs).toBe(22_222);

    write('common.yaml', common('soon'));
    expect(await next).toMatch(/common\.yaml:1:52: rules\[0\]\.then\.deadlineMs: found "soon"/);
    expect(store.current.policy.rules[0]?.then?.deadlineMs).toBe(22_222);

    write('common.yaml', common(333));
    expect(await next).toMatch(/was applied/);
    expect(store.current.policy.rules[0]?.then?.deadlineMs).toBe(333);
  });

  it('says in the same line what stays in force instead', async () => {
    standing = 'p@3 of the database is in force';
    write('common.yaml', common(22_222));
    expect(await next).toMatch(/relay\.yaml was applied; policy p@3 of the database is in force$/);
  });

  it('applies a change of the policy file, and watches what it includes from then on', async () => {
    write('policy.yaml', 'name: p\nversion: 2\ninclude: [common.yaml, more.yaml]');
    expect(await next).toMatch(/include\[1\]: found "more\.yaml", which is not there/);
    write('more.yaml', 'payload: {}');
    expect(await next).toMatch(/more\.yaml:1:1: payload: found an unknown key/);
    write('more.yaml', 'defaults: { payloadLogging: true }');
    expect(await next).toMatch(/was applied/);
    expect(store.current.policy).toMatchObject({ version: 2, defaults: { payloadLogging: true } });
  });
});
