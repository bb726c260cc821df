import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { RelayProcess } from './relay-process';

const shell = promisify(execFile);

describe('the first start on a bare machine', () => {
  let relay: RelayProcess;
  beforeAll(async () => {
    relay = await RelayProcess.start({ config: null, env: { RELAY_ADMIN_EMAIL: '', RELAY_ADMIN_PASSWORD: '' } });
  }, 90_000);
  afterAll(() => relay?.close());

  const credentials = () =>
    JSON.parse(readFileSync(path.join(relay.folder, '.relay/credentials.json'), 'utf8')) as {
      adminEmail: string;
      adminPassword: string;
    };

  it('prints a curl line that works when pasted, answered by the simulator under its own name', async () => {
    const line = relay.printed.split('\n').find((text) => text.trim().startsWith('curl '));
    const { stdout } = await shell('sh', ['-c', `${line} -D -`]);
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(stdout).toMatch(/x-relay-provider: simulator/i);
    expect(stdout).toMatch(/simulat/i);
  });

  it('prints a login that works, and keeps it where only the owner can read it', async () => {
    const { adminEmail, adminPassword } = credentials();
    expect(relay.printed).toContain(adminPassword);
    expect(statSync(path.join(relay.folder, '.relay/credentials.json')).mode & 0o077).toBe(0);
    const login = await fetch(`${relay.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: adminEmail, password: adminPassword }),
    });
    expect(login.status).toBe(200);
    expect(await login.json()).toMatchObject({ user: { email: adminEmail, role: 'owner' } });
  });

  it('serves the console, the API reference, its description and metrics', async () => {
    const page = async (route: string) => {
      const reply = await fetch(`${relay.url}${route}`);
      return { status: reply.status, type: reply.headers.get('content-type'), text: await reply.text() };
    };
    expect(await page('/')).toMatchObject({ status: 200, type: expect.stringContaining('text/html') });
    expect((await page('/docs')).status).toBe(200);
    expect(JSON.parse((await page('/openapi.json')).text)).toMatchObject({
      paths: { '/v1/chat/completions': {}, '/api/traces': {} },
    });
    expect((await page('/metrics')).text).toContain('gen_ai_server_request_duration_seconds');
    expect((await page('/health/live')).status).toBe(200);
  });

  it('comes back with the same login and key after a stop, having lost nothing', async () => {
    const { adminPassword } = credentials();
    await relay.kill('SIGTERM');
    expect(relay.exitCode).toBe(0);
    relay = await RelayProcess.start({
      config: null,
      folder: relay.folder,
      env: { RELAY_ADMIN_EMAIL: '', RELAY_ADMIN_PASSWORD: '' },
    });
    expect(relay.printed).toContain(adminPassword);
    const line = relay.printed.split('\n').find((text) => text.trim().startsWith('curl '));
    const { stdout } = await shell('sh', ['-c', `${line}`]);
    expect(JSON.parse(stdout)).toMatchObject({ object: 'chat.completion' });
  }, 60_000);

  it('keeps its data where only its owner can read it', () => {
    expect(statSync(path.join(relay.folder, '.relay')).mode & 0o077).toBe(0);
  });

  it('refuses a second relay on the same data folder', async () => {
    const second = await RelayProcess.launch({ config: null, folder: relay.folder });
    expect(await second.exited()).toBe(1);
    expect(second.printed).toMatch(/in use/i);
  });
});

describe('a start that cannot work', () => {
  it('tells every problem of the configuration and exits with 78', async () => {
    const relay = await RelayProcess.launch({
      config: {
        providers: [{ id: 'x', kind: 'nope' }],
        models: [{ id: 'm', targets: [{ provider: 'y', model: 'z', wieght: 1 }] }],
      },
    });
    expect(await relay.exited()).toBe(78);
    expect(relay.printed).toMatch(/relay\.yaml:1:\d+: providers\[0\]\.kind: found "nope"; allowed: /);
    expect(relay.printed).toMatch(
      /relay\.yaml:1:\d+: models\[0\]\.targets\[0\]\.wieght: found an unknown key; allowed: provider, model, weight/,
    );
    await relay.close();
  });

  it('tells a mistake once, wherever it is found', async () => {
    const relay = await RelayProcess.launch({
      config: {
        providers: [{ id: 'x', kind: 'simulator', limits: { concurency: 1 } }],
        models: [{ id: 'm', targets: [{ provider: 'y', model: 'z' }] }],
        policy: { name: 'p', version: 1, rules: [{ id: 'r', when: 'features.turnz > 1', then: {} }] },
      },
    });
    expect(await relay.exited()).toBe(78);
    const lines = relay.printed.trim().split('\n').slice(1);
    expect(lines.map((line) => /relay\.yaml:1:\d+: ([^:]+):/.exec(line)?.[1])).toEqual([
      'providers[0].limits.concurency',
      'models[0].targets[0].provider',
      'policy.rules[0].when',
    ]);
    await relay.close();
  });

  it('refuses a policy whose condition does not compile, naming the rule', async () => {
    const relay = await RelayProcess.launch({
      config: { policy: { name: 'p', version: 1, rules: [{ id: 'r', when: 'request.colour == "red"', then: {} }] } },
    });
    expect(await relay.exited()).toBe(78);
    expect(relay.printed).toMatch(/rules\[0\]\.when/);
    await relay.close();
  });

  it('names a bad environment variable', async () => {
    const relay = await RelayProcess.launch({ config: null, env: { PORT: 'eighty', RELAY_ROLES: 'gateway,cook' } });
    expect(await relay.exited()).toBe(78);
    expect(relay.printed).toMatch(/environment: PORT: /);
    expect(relay.printed).toMatch(/environment: RELAY_ROLES\[1\]: .*allowed: "gateway" \| "admin" \| "worker"/);
    await relay.close();
  });
});
