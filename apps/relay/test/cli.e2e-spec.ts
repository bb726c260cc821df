import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '@relay/testing';
import { ADMIN_EMAIL, ADMIN_PASSWORD, RelayProcess } from './relay-process';

const CLI = path.resolve(__dirname, '../../../dist/apps/relay/src/cli/main.js');

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const RELAY = `
providers:
  - { id: sim, kind: simulator }
  - { id: paid, kind: openai, baseUrl: "\${PAID_URL}", apiKey: "\${PAID_KEY}" }
models:
  - { id: small, tier: basic, targets: [{ provider: sim, model: small }] }
  - { id: large, tier: advanced, targets: [{ provider: sim, model: large }] }
tenants:
  - { id: acme, keys: [{ name: ci, value: "env:ACME_KEY" }] }
policy: ./policy.yaml
`;
const POLICY = `# Chats of ours.
name: mine
version: 1
include: [common.yaml]
rules:
  - id: tagged
    when: '"a" in request.tags'
    then: { route: { candidates: [large] } }
`;
const COMMON = 'defaults: { deadlineMs: 5000 }\n';

describe('the relay command line', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'relay-cli-'));
    write('relay.yaml', RELAY);
    write('policy.yaml', POLICY);
    write('common.yaml', COMMON);
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const write = (name: string, text: string): void => writeFileSync(path.join(dir, name), text);
  const relay = (args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Promise<Run> =>
    new Promise((resolve) => {
      const options = { cwd: dir, env: { PATH: process.env.PATH, ...env } };
      const child = execFile(process.execPath, [CLI, ...args], options, (_error, out, err) =>
        resolve({ code: child.exitCode, out, err }),
      );
      child.stdin?.end(input);
    });
  const policy = (command: string, ...args: string[]): Promise<Run> => relay(['policy', command, ...args]);

  it('lists its commands, and refuses others with status 2', async () => {
    expect((await relay(['--help'])).out).toMatch(/start[^]*policy/);
    expect(await policy('lnt')).toMatchObject({ code: 2, err: expect.stringContaining("unknown command 'lnt'") });
    expect(await policy('explain')).toMatchObject({ code: 2, err: expect.stringContaining('--tenant') });
    expect(await policy('explain', '--tenant', 'acme', '--header', 'nonsense')).toMatchObject({ code: 2 });
  });

  describe('lint', () => {
    it('finds nothing wrong without a running relay and without keys of providers', async () => {
      expect(await policy('lint')).toEqual({ code: 0, out: '', err: 'relay: relay.yaml: no problems\n' });
    });

    it('tells problems of a policy, of what it includes and of relay.yaml with line and column', async () => {
      write('policy.yaml', POLICY.replace('request.tags', 'request.tagz').replace('[large]', '[huge]'));
      const found = await policy('lint');
      expect(found.code).toBe(1);
      expect(
        found.out
          .trim()
          .split('\n')
          .map((line) => line.split('; allowed')[0]),
      ).toEqual([
        'policy.yaml:8:35: error rules[0].then.route.candidates[0]: found "huge"',
        'policy.yaml:7:19: error rules[0].when: found no such feature "request.tagz" (rule tagged)',
      ]);
      write('common.yaml', 'defaults: { deadline: 5000 }\n');
      write('relay.yaml', RELAY.replace('kind: simulator', 'kind: simulatr'));
      const lines = (await policy('lint')).out.trim().split('\n');
      expect(lines.map((line) => line.split(':').slice(0, 3).join(':')).sort()).toEqual([
        'common.yaml:1:13',
        'relay.yaml:3:22',
      ]);
    });

    it('warns without failing, and prints JSON', async () => {
      write(
        'policy.yaml',
        `${POLICY}    final: true\n  - { id: same, when: '"a" in request.tags', then: { deadlineMs: 7 } }\n`,
      );
      const found = await policy('lint', 'policy.yaml', '--json');
      expect(found.code).toBe(0);
      expect(JSON.parse(found.out)).toMatchObject({
        file: 'policy.yaml',
        problems: [{ file: 'policy.yaml', line: 10, column: 23, path: 'rules[1].when', severity: 'warning' }],
      });
    });

    it('says in one line what it cannot read', async () => {
      expect((await policy('lint', 'none.yaml')).out).toMatch(/^none\.yaml:1:1: error .*ENOENT/);
      write('bad.yaml', 'name: x\nrules: [');
      expect(await policy('lint', 'bad.yaml')).toMatchObject({
        code: 1,
        out: expect.stringMatching(/^bad\.yaml:2:9: error .*\n$/),
      });
      rmSync(path.join(dir, 'relay.yaml'));
      expect(await policy('lint')).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringMatching(/^relay: there is no relay\.yaml here.*\n$/),
      });
      expect((await policy('lint', 'policy.yaml')).code).toBe(0);
    });
  });

  describe('explain, by the files', () => {
    it('tells who would serve a request, and which rule decided it', async () => {
      const plain = await policy('explain', '--tenant', 'acme');
      expect(plain).toMatchObject({
        code: 0,
        err:
          'relay: no request was named, so this one is explained: {"model":"auto","messages":[{"role":"user","content":"Hello"}]}\n' +
          'relay: by the files here, not by what is published; --url asks a running relay\n',
        out: expect.stringMatching(/1\. small at sim/),
      });
      const { out } = await policy('explain', '--tenant', 'acme', '--header', 'x-relay-tags: a');
      expect(out).toMatch(/^policy mine@1, signature \w+/);
      expect(out).toMatch(/1\. large at sim/);
      expect(out).toMatch(/matched {5}tagged: .* -> route\.candidates/);
      expect(out).toMatch(/deadlineMs: 5000/);
    });

    it('takes a request from the input or a file, and refuses what is none', async () => {
      const request = JSON.stringify({ model: 'large', messages: [{ role: 'user', content: 'Hi' }] });
      const explained = await relay(['policy', 'explain', '--tenant', 'acme', '--json', '-'], {}, request);
      expect(JSON.parse(explained.out)).toMatchObject({
        policy: 'mine@1',
        candidates: [{ model: 'large', provider: 'sim' }],
      });
      write('request.json', '{"model": "auto"}');
      expect(await policy('explain', '--tenant', 'acme', 'request.json')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^relay: by the files .*\nrelay: the request is not valid: messages: .*\n$/),
      });
      expect(await relay(['policy', 'explain', '--tenant', 'acme', '-'], {}, '{')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/is no JSON/),
      });
      expect((await policy('explain', '--tenant', 'acme', 'none.json')).err).toBe(
        'relay: cannot read none.json: ENOENT\n',
      );
    });
  });

  it('compares files as diff does: 0 alike, 1 different, 2 in trouble', async () => {
    write('other.yaml', POLICY.replace('large', 'small'));
    write('moved.yaml', `# Other words, same meaning.\n${POLICY}`);
    expect(await policy('diff', 'policy.yaml', 'moved.yaml')).toEqual({ code: 0, out: '', err: '' });
    expect(await policy('diff', 'policy.yaml', 'other.yaml')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^-.*large\n\+.*small$/m),
    });
    expect(await policy('diff', 'policy.yaml', 'none.yaml')).toMatchObject({ code: 2, out: '' });
    expect(await policy('diff')).toMatchObject({ code: 2, err: expect.stringMatching(/no login/) });
  });

  it('says in one line that no relay answers, or who must log in', async () => {
    const login = { RELAY_ADMIN_EMAIL: ADMIN_EMAIL, RELAY_ADMIN_PASSWORD: ADMIN_PASSWORD };
    const nobody = `http://127.0.0.1:${await freePort()}`;
    expect(await relay(['policy', 'versions', '--url', nobody], login)).toEqual({
      code: 1,
      out: '',
      err: `relay: cannot reach a relay at ${nobody}: ECONNREFUSED\n`,
    });
    expect((await policy('push')).err).toMatch(/^relay: no login: .*\n$/);
  });
});

describe('the relay command line with a running relay', () => {
  let running: RelayProcess;
  beforeAll(async () => {
    const config = {
      providers: [{ id: 'sim', kind: 'simulator' }],
      models: [
        { id: 'small', targets: [{ provider: 'sim', model: 'small' }] },
        { id: 'large', targets: [{ provider: 'sim', model: 'large' }] },
      ],
      tenants: [{ id: 'acme', keys: [{ name: 'ci', value: 'acme-key-for-tests' }] }],
    };
    running = await RelayProcess.start({ config });
    writeFileSync(path.join(running.folder, 'common.yaml'), COMMON);
    writeFileSync(path.join(running.folder, 'policy.yaml'), POLICY);
    writeFileSync(path.join(running.folder, 'plain.yaml'), PLAIN);
  }, 90_000);
  afterAll(() => running?.close());

  const PLAIN = '# No rules at all.\nname: mine\nversion: 1\n';
  const policy = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> =>
    new Promise((resolve) => {
      const login = { RELAY_URL: running.url, RELAY_ADMIN_EMAIL: ADMIN_EMAIL, RELAY_ADMIN_PASSWORD: ADMIN_PASSWORD };
      const options = { cwd: running.folder, env: { PATH: process.env.PATH, ...login, ...env } };
      const child = execFile(process.execPath, [CLI, 'policy', ...args], options, (_error, out, err) =>
        resolve({ code: child.exitCode, out, err }),
      );
    });

  it('says that there are no versions yet, and that nothing is published', async () => {
    expect(await policy(['versions'])).toEqual({ code: 0, out: '', err: 'relay: no versions yet\n' });
    expect(await policy(['unpublish'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/No version is published/),
    });
  });

  it('pushes a draft, publishes, says when there is nothing to do, and goes back', async () => {
    const draft = await policy(['push', 'plain.yaml', '--note', 'first']);
    expect(draft).toMatchObject({ code: 0, out: expect.stringMatching(/^mine@1 [0-9a-f]{64}\n$/) });
    const first = await policy(['push', 'plain.yaml', '--publish']);
    expect(first).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^mine@2 /),
      err: 'relay: mine@2 is in force\n',
    });
    expect((await policy(['push', 'plain.yaml'])).err).toMatch(/says the same: nothing was uploaded/);

    const second = await policy(['push', 'policy.yaml', '--publish', '--note', 'with a rule']);
    expect(second).toMatchObject({ code: 0, out: expect.stringMatching(/^mine@3 /) });
    expect(await policy(['diff', 'published', 'policy.yaml'])).toEqual({ code: 0, out: '', err: '' });
    expect(await policy(['diff', '2', '3'])).toMatchObject({ code: 1, out: expect.stringMatching(/^\+.*tagged$/m) });
    const explained = await policy([
      'explain',
      '--tenant',
      'acme',
      '--url',
      running.url,
      '--header',
      'x-relay-tags: a',
    ]);
    expect(explained.out).toMatch(/^policy mine@3[^]*1\. large at sim/);

    expect(await policy(['rollback', '2'])).toMatchObject({ code: 0, out: expect.stringMatching(/^mine@4 /) });
    expect((await policy(['versions'])).out.split('\n').map((line) => line.split(/\s+/).slice(0, 2).join(' '))).toEqual(
      ['mine@4 published', 'mine@3 superseded', 'mine@2 superseded', 'mine@1 draft', ''],
    );
  }, 60_000);

  it('pulls the source of a version, comments included', async () => {
    expect((await policy(['pull', '--version', '2'])).out).toBe(PLAIN.replace('version: 1', 'version: 2'));
    expect(await policy(['pull', '--version', '2', '-o', 'pulled.yaml'])).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(path.join(running.folder, 'pulled.yaml'), 'utf8')).toMatch(/^# No rules at all/);
    expect(await policy(['pull', '--version', '99'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^relay: .*no such version.*\n$/),
    });
  });

  it('publishes a draft, and gives the word back to the file', async () => {
    const digest = /[0-9a-f]{64}/.exec((await policy(['push', 'policy.yaml'])).out)?.[0];
    expect(await policy(['publish', 'latest'])).toMatchObject({
      code: 0,
      out: `mine@5 ${digest}\n`,
      err: 'relay: mine@5 is in force\n',
    });
    expect(await policy(['publish', '99'])).toMatchObject({ code: 1, err: expect.stringMatching(/no such version/) });
    expect(await policy(['unpublish'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^default@\d+ [0-9a-f]{64}\n$/),
      err: expect.stringMatching(/^relay: default@\d+ of .*relay\.(yaml|json) is in force\n$/),
    });
  });

  it('tries a version on a share, tells how it fares, stops it, and promotes it', async () => {
    expect(await policy(['canary'])).toEqual({ code: 0, out: '', err: 'relay: there was no canary yet\n' });
    const draft = /^mine@\d+/.exec((await policy(['push', 'plain.yaml'])).out)?.[0];
    expect(await policy(['canary', 'latest'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/--share is missing/),
    });
    expect((await policy(['canary', 'latest', '--share', '60%'])).err).toMatch(/share/);
    const begun = await policy(['canary', 'latest', '--share', '5%', '--unit', 'key', '--p95', 'off', '--cost', '50%']);
    expect(begun).toMatchObject({ code: 0, err: expect.stringMatching(/is tried on 5 % of the traffic/) });
    expect(begun.out).toMatch(new RegExp(`^${draft}  running  5 % by key, against default@`));
    const shown = JSON.parse((await policy(['canary', '--json'])).out) as object;
    expect(shown).toMatchObject({ guardrails: { errorRate: 0.01, p95: null, cost: 0.5, quality: 0.1 }, unit: 'key' });
    expect((await policy(['stop', '--note', 'enough'])).out).toMatch(/^ended by .*: enough$/m);
    expect(await policy(['stop'])).toMatchObject({ code: 1, err: expect.stringMatching(/No canary runs/) });
    await policy(['canary', 'latest', '--share', '0.5']);
    expect(await policy(['promote'])).toMatchObject({ code: 0, err: `relay: ${draft} is in force\n` });
    expect((await policy(['unpublish'])).code).toBe(0);
  }, 60_000);

  it('names the file whose models the running relay does not have', async () => {
    writeFileSync(path.join(running.folder, 'huge.yaml'), PLAIN + 'defaults: { route: { candidates: [huge] } }\n');
    writeFileSync(path.join(running.folder, 'other-relay.yaml'), 'models: []\n');
    const refused = await policy(['push', 'huge.yaml', '--publish', '--config', 'other-relay.yaml']);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(
      /^relay: huge\.yaml was uploaded as the draft mine@\d+, but not published \(models are those of the running relay\): .*[^]*"huge"[^]*small, large/,
    );
  });

  it('uploads nothing that lint finds errors in', async () => {
    writeFileSync(path.join(running.folder, 'wrong.yaml'), POLICY.replace('request.tags', 'request.tagz'));
    const refused = await policy(['push', 'wrong.yaml', '--publish']);
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/wrong\.yaml:7:19: error [^]*nothing was uploaded\n$/),
    });
  });

  it('tells a wrong password and a wrong token in one line', async () => {
    expect(await policy(['versions', '--password', 'not the password'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^relay: .*wrong.*\n$/),
    });
    expect(await policy(['versions'], { RELAY_TOKEN: 'none' })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^relay: Log in first.*\n$/),
    });
  });
});

describe('relay start', () => {
  it('is npm start: it reads relay.yaml and tells what is wrong with it', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'relay-cli-'));
    writeFileSync(path.join(dir, 'relay.yaml'), 'colour: red\n');
    const code = await new Promise<Run>((resolve) => {
      const child = execFile(
        process.execPath,
        [CLI, 'start'],
        { cwd: dir, env: { PATH: process.env.PATH } },
        (_error, out, err) => resolve({ code: child.exitCode, out, err }),
      );
    });
    expect(code).toMatchObject({
      code: 78,
      err: expect.stringMatching(/relay\.yaml:1:1: colour: found an unknown key/),
    });
    rmSync(dir, { recursive: true });
  });
});
