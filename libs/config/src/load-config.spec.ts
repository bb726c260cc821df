import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { policyDocumentSchema } from '@relay/contracts';
import { formatProblem } from './config-store';
import { loadRelayConfig, readRelayConfig, type Discovered } from './load-config';

const defaultPolicy = policyDocumentSchema.parse({ name: 'default', version: 1 });
const discovered: Discovered = {
  providers: [{ id: 'simulator', kind: 'simulator' }],
  models: [{ id: 'sim-small', targets: [{ provider: 'simulator', model: 'sim-small' }] }],
};

const VALID = `
providers:
  - { id: mock, kind: openai, baseUrl: "http://127.0.0.1:9000/v1", apiKey: "\${MOCK_KEY}" }
models:
  - { id: small, targets: [{ provider: mock, model: mock-small }] }
tenants:
  - { id: acme, keys: [{ name: ci, value: env:ACME_KEY }] }
`;

describe('loading relay.yaml', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'relay-config-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  const load = (yaml: string | null, env: NodeJS.ProcessEnv = { MOCK_KEY: 'mock-secret', ACME_KEY: 'acme-secret' }) => {
    const file = path.join(dir, 'relay.yaml');
    if (yaml !== null) writeFileSync(file, yaml);
    return loadRelayConfig({
      file,
      required: yaml !== null,
      env,
      discover: () => Promise.resolve(discovered),
      defaultPolicy,
      checkPolicy: () => [],
    });
  };
  const problems = async (yaml: string, env?: NodeJS.ProcessEnv) => {
    const result = await load(yaml, env);
    if (result.ok) throw new Error('the configuration was accepted');
    return result.error.map((problem) => formatProblem({ ...problem, file: path.basename(problem.file) }));
  };
  const config = async (yaml: string | null, env?: NodeJS.ProcessEnv) => {
    const result = await load(yaml, env);
    if (!result.ok) throw new Error(result.error.map(formatProblem).join('\n'));
    return result.value;
  };

  it('fills in every default and resolves ${NAME} and env: references', async () => {
    const loaded = await config(VALID);
    expect(loaded.providers[0]).toMatchObject({
      apiKey: 'mock-secret',
      limits: { concurrency: 256 },
      timeouts: { idleMs: 30_000 },
    });
    expect(loaded.tenants[0]).toMatchObject({ weight: 1, keys: [{ value: 'acme-secret', scopes: ['inference'] }] });
    expect(loaded.policy.name).toBe('default');
  });

  it('uses what was discovered when there is no file, or the file names no provider', async () => {
    expect((await config(null)).models.map((model) => model.id)).toEqual(['sim-small']);
    expect((await config('tenants: []')).providers.map((provider) => provider.id)).toEqual(['simulator']);
  });

  it('reads a secret from a file beside it', async () => {
    writeFileSync(path.join(dir, 'key.txt'), 'from-a-file\n');
    expect((await config(VALID.replace('env:ACME_KEY', 'file:key.txt'))).tenants[0]?.keys[0]?.value).toBe(
      'from-a-file',
    );
  });

  it('reads the policy from a file of its own', async () => {
    writeFileSync(path.join(dir, 'policy.yaml'), 'name: mine\nversion: 3\n');
    expect((await config(`${VALID}\npolicy: ./policy.yaml`)).policy).toMatchObject({
      name: 'mine',
      version: 3,
      rules: [],
    });
  });

  it('reports all problems at once: file, path, found, allowed', async () => {
    const found = await problems(`
providers:
  - { id: mock, kind: opeani, baseUrl: "ftp://x" }
models:
  - { id: small, targets: [], colour: red }
tenants:
  - { id: acme, weight: -1 }
`);
    expect(found).toEqual([
      expect.stringMatching(
        /^relay\.yaml:3:23: providers\[0\]\.kind: found "opeani"; allowed: "openai" \| "azure" \| /,
      ),
      expect.stringMatching(/^relay\.yaml:3:40: providers\[0\]\.baseUrl: found "ftp:\/\/x"; allowed: /),
      'relay.yaml:5:18: models[0].targets: found an empty list; allowed: array of at least 1',
      expect.stringMatching(
        /^relay\.yaml:5:31: models\[0\]\.colour: found an unknown key; allowed: id, tier, targets, /,
      ),
      'relay.yaml:7:25: tenants[0].weight: found -1; allowed: number above 0',
    ]);
  });

  it('tells lists, mappings and long texts by kind: secrets may stand in what is misplaced', async () => {
    const found = await problems(`
providers: { apiKey: sk-2 }
models: sk-0123456789-0123456789-0123456789-0123456789
tenants:
  - { id: acme, weight: { value: sk-3 } }
server: [{ apiKey: sk-1 }, two]
`);
    expect(found.map((line) => line.split('; ')[0])).toEqual([
      'relay.yaml:2:1: providers: found a mapping',
      'relay.yaml:3:9: models: found a text of 46 characters',
      'relay.yaml:5:17: tenants[0].weight: found a mapping',
      'relay.yaml:6:1: server: found a list of 2',
    ]);
  });

  it('refuses references to what is not there, and doubles', async () => {
    const found = await problems(`
providers:
  - { id: a, kind: openai }
  - { id: a, kind: simulator }
models:
  - { id: small, targets: [{ provider: b, model: x }] }
tenants:
  - { id: t, models: [large], keys: [{ name: one, value: same-value, models: [huge] }, { name: two, value: same-value }] }
`);
    expect(found.map((line) => line.split(': ')[1])).toEqual([
      'providers[1].id',
      'providers[0].baseUrl',
      'models[0].targets[0].provider',
      'tenants[0].models[0]',
      'tenants[0].keys[0].models[0]',
      'tenants[0].keys[1].value',
    ]);
  });

  it('tells references and policy together with what the schema finds', async () => {
    const result = await loadRelayConfig({
      file: path.join(dir, 'relay.yaml'),
      required: false,
      env: {},
      discover: () =>
        Promise.resolve({
          providers: [{ id: 'a', kind: 'simulator', limits: { concurrency: 0 } }],
          models: [{ id: 'm', targets: [{ provider: 'b', model: 'x' }] }],
        }),
      defaultPolicy,
      checkPolicy: (_policy, config) => [
        { path: 'policy.rules[0].when', found: config === null ? 'null' : 'a configuration', allowed: 'a condition' },
      ],
    });
    expect(result.ok ? [] : result.error.map((problem) => `${problem.path} ${problem.found}`)).toEqual([
      'providers[0].limits.concurrency 0',
      'models[0].targets[0].provider "b"',
      'policy.rules[0].when null', // no configuration to check it against
    ]);
  });

  it('tells where a provider lacks what its kind needs, beside what the schema finds', async () => {
    const found = await problems(`
providers:
  - { id: a, kind: azure, baseUrl: "https://r.openai.azure.com", colour: red }
  - { id: b, kind: bedrock, region: eu-central-1 }
`);
    expect(found.map((line) => line.split(': found')[0])).toEqual([
      'relay.yaml:3:66: providers[0].colour',
      'relay.yaml:3:36: providers[0].baseUrl',
      'relay.yaml:4:5: providers[1].apiKey',
    ]);
  });

  it('names the policy file where that is where the problem lies', async () => {
    writeFileSync(path.join(dir, 'policy.yaml'), 'name: mine\nversion: 3\n');
    writeFileSync(path.join(dir, 'relay.yaml'), `${VALID}\npolicy: ./policy.yaml`);
    const result = await loadRelayConfig({
      file: path.join(dir, 'relay.yaml'),
      required: true,
      env: { MOCK_KEY: 'mock-secret', ACME_KEY: 'acme-secret' },
      discover: () => Promise.resolve(discovered),
      defaultPolicy,
      checkPolicy: () => [{ path: 'policy.rules[0].when', found: 'x', allowed: 'y' }],
    });
    expect(result).toMatchObject({
      ok: false,
      error: [{ file: path.join(dir, 'policy.yaml'), path: 'rules[0].when' }],
    });
  });

  it('refuses an empty document: the file is perhaps half written', async () => {
    expect(await problems('')).toEqual([
      'relay.yaml:1:1: (document): found an empty document; allowed: a mapping; {} for one without settings',
    ]);
    expect((await config('{}')).tenants).toEqual([]);
  });

  it('names an unset variable and never prints a secret', async () => {
    expect(await problems(VALID, { ACME_KEY: 'acme-secret' })).toEqual([
      'relay.yaml:3:76: providers[0].apiKey: found the variable MOCK_KEY, which is not set; allowed: a value, ${NAME}, env:NAME, file:PATH or vault:PATH#FIELD that can be read',
    ]);
    expect((await problems(VALID, { MOCK_KEY: 'x', ACME_KEY: 'hunter2' })).join()).not.toContain('hunter2');
  });

  it('gives line and column of a syntax error', async () => {
    expect((await problems('providers: [\n  - {'))[0]).toMatch(/^relay\.yaml:\d+:\d+: /);
  });

  it('refuses a required file that is not there, and a document that is no mapping', async () => {
    const missing = await loadRelayConfig({
      file: path.join(dir, 'no.yaml'),
      required: true,
      env: {},
      discover: () => Promise.resolve(discovered),
      defaultPolicy,
      checkPolicy: () => [],
    });
    expect(missing.ok).toBe(false);
    expect((await problems('- a\n- b'))[0]).toMatch(/allowed: a value of type object/);
  });

  it('refuses a policy with an unknown field, naming the policy file', async () => {
    writeFileSync(
      path.join(dir, 'policy.yaml'),
      'name: mine\nversion: 1\nrules: [{ id: a, when: "true", then: { rout: {} } }]',
    );
    expect((await problems(`${VALID}\npolicy: ./policy.yaml`))[0]).toMatch(
      /^policy\.yaml:3:40: rules\[0\]\.then\.rout: found an unknown key; allowed: serviceLevel, /,
    );
  });

  it('can look at all else where variables and secrets are not set', async () => {
    const yaml = `${VALID.replace('http://127.0.0.1:9000/v1', '${MOCK_URL}')}
policy: { name: p, version: 1, rules: [{ id: a, when: 'tenant.id == "\${TENANT}"', then: {} }] }`;
    writeFileSync(path.join(dir, 'relay.yaml'), yaml);
    const read = await readRelayConfig({
      file: path.join(dir, 'relay.yaml'),
      required: true,
      env: {},
      unreadable: 'stand-in',
      discover: () => Promise.resolve(discovered),
      defaultPolicy,
      checkPolicy: () => [],
    });
    expect(read.problems).toEqual([]);
    expect(read.config?.models.map(({ id }) => id)).toEqual(['small']);
    expect(read.document?.rules[0]?.when).toBe('tenant.id == "unset"');
  });
});
