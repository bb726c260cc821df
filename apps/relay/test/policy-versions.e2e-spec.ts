import type { PolicyOverview, PolicyVersion } from '@relay/contracts';
import { completionJson, jsonReply, saySkipped, ScriptedUpstream } from '@relay/testing';
import { AdminClient, RelayProcess } from './relay-process';
import { ScratchDatabase } from './scratch-database';
import { ACME_KEY, ask, testConfig } from './test-config';

const CLIENTS = 8;
const PUBLICATIONS = 5;
const TAKE_OVER_MS = 5_000; // it takes up to a second and a query; the machine may be busy

const stores = process.env.TEST_DATABASE_URL ? ['PostgreSQL'] : ['embedded'];
if (stores[0] === 'embedded') saySkipped('versions of policies on PostgreSQL, because TEST_DATABASE_URL is not set');

/** The upstream answers with the cap that it was sent, so an answer tells by which policy it was asked for. */
const capping = (maxTokens: number): string =>
  `name: live # ${maxTokens}\nversion: 1\nrules: [{ id: cap, when: 'true', then: { decoding: { maxTokens: ${maxTokens} } } }]\n`;

interface Answer {
  readonly status: number;
  readonly policy: string | null;
  readonly cap: string;
}

let question = 0;
async function askOnce(relay: RelayProcess): Promise<Answer> {
  const reply = await relay.post(ACME_KEY, ask(`question ${question++}`));
  const body = (await reply.json()) as { choices?: { message: { content: string } }[] };
  const cap = body.choices?.[0]?.message.content ?? JSON.stringify(body);
  return { status: reply.status, policy: reply.headers.get('x-relay-policy'), cap };
}

/** Asks until the policy is in force there. */
async function takenOver(relay: RelayProcess, policy: string): Promise<void> {
  const began = performance.now();
  while ((await askOnce(relay)).policy !== policy) {
    if (performance.now() - began > TAKE_OVER_MS) throw new Error(`${policy} is not in force after ${TAKE_OVER_MS} ms`);
  }
}

async function publish(admin: AdminClient, source: string): Promise<string> {
  const draft = await admin.request<PolicyVersion>('POST', '/api/policies/versions', { source });
  const label = `${draft.name}@${draft.version}`;
  await admin.request('POST', `/api/policies/versions/${label}/publish`, { expectedDigest: draft.digest });
  return label;
}

describe.each(stores)('versions of a policy (%s)', (store) => {
  let upstream: ScriptedUpstream;
  let database: ScratchDatabase | null = null;
  let relay: RelayProcess;
  let admin: AdminClient;
  let env: NodeJS.ProcessEnv;
  let config: object;

  beforeAll(async () => {
    if (store === 'PostgreSQL')
      database = await ScratchDatabase.create(process.env.TEST_DATABASE_URL ?? '', 'policies');
    upstream = await ScriptedUpstream.start((request) => {
      const { max_tokens: cap } = request.method === 'POST' ? request.json() : {};
      return jsonReply(completionJson(String(cap)));
    });
    env = database ? { DATABASE_URL: database.url, RELAY_JWT_SECRET: 'a secret that both processes share, 32+' } : {};
    config = testConfig(upstream, { policy: { name: 'file', version: 1 } });
    relay = await RelayProcess.start({ config, env });
    admin = await relay.admin();
  }, 120_000);
  afterAll(async () => {
    await relay?.close();
    await upstream?.close();
    await database?.drop();
  });

  it('that are published under load drop no request, and each is planned by one version as a whole', async () => {
    expect(await askOnce(relay)).toEqual({ status: 200, policy: 'file@1', cap: 'undefined' });
    const caps = new Map([['file@1', 'undefined']]);
    const answers: Answer[] = [];
    let isOver = false;
    const client = async (): Promise<void> => {
      while (!isOver) answers.push(await askOnce(relay));
    };
    const clients = Array.from({ length: CLIENTS }, client);
    for (let i = 1; i <= PUBLICATIONS; i++) {
      caps.set(await publish(admin, capping(100 + i)), String(100 + i));
      const enough = answers.length + 2 * CLIENTS; // some for each version
      while (answers.length < enough) await new Promise((resolve) => setImmediate(resolve));
    }
    isOver = true;
    await Promise.all(clients);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(answers.filter(({ policy, cap }) => caps.get(policy ?? '') !== cap)).toEqual([]);
    expect(new Set(answers.map(({ policy }) => policy))).toEqual(new Set(caps.keys()));
  }, 60_000);

  it('are refused if they are bad, and the one before stays', async () => {
    const before = await askOnce(relay);
    const bad = capping(1).replace("'true'", "'features.nope == 1'");
    await expect(publish(admin, bad)).rejects.toThrow(/400.*3:.*nope/);
    const unknown = 'name: live\nversion: 1\ndefaults: { route: { candidates: [nobody] } }\n';
    await expect(publish(admin, unknown)).rejects.toThrow(/400.*nobody/);
    expect(await askOnce(relay)).toEqual(before);
  });

  it('can be gone back to', async () => {
    await publish(admin, capping(200));
    await publish(admin, capping(300));
    expect((await askOnce(relay)).cap).toBe('300');
    const { data } = await admin.request<{ data: PolicyVersion[] }>('GET', '/api/policies/versions?limit=2');
    const earlier = data[1]?.version;
    const back = await admin.request<PolicyVersion>('POST', '/api/policies/rollback', { version: `live@${earlier}` });
    expect(await askOnce(relay)).toEqual({ status: 200, policy: `live@${back.version}`, cap: '200' });
  });

  it('are in force again after a restart, from the first request', async () => {
    const label = await publish(admin, capping(400));
    await relay.kill('SIGKILL');
    relay = await RelayProcess.start({ config, env, folder: relay.folder });
    admin = await relay.admin();
    expect(await askOnce(relay)).toEqual({ status: 200, policy: label, cap: '400' });
    const overview = await admin.request<PolicyOverview>('GET', '/api/policies');
    expect(overview).toMatchObject({ source: 'database', agree: false, problems: [], file: { name: 'file' } });
  }, 120_000);

  it('leave the one before in force at a start whose configuration has not what they need', async () => {
    const before = await publish(admin, capping(450));
    const label = await publish(admin, 'name: live\nversion: 1\ndefaults: { route: { candidates: [small] } }\n');
    await relay.kill('SIGTERM');
    const renamed = JSON.parse(JSON.stringify(config).replaceAll('"small"', '"tiny"')) as object;
    relay = await RelayProcess.start({ config: renamed, env, folder: relay.folder });
    admin = await relay.admin();
    const problem = `database, policy ${label}: policy.defaults.route.candidates[0]: found "small"`;
    expect(relay.printed).toContain(`${before} of the database is in force instead`);
    expect(relay.printed).toContain(problem.replaceAll('"', '\\"'));
    const asked = await relay.post(ACME_KEY, { ...ask(`question ${question++}`), model: 'tiny' });
    expect([asked.status, asked.headers.get('x-relay-policy')]).toEqual([200, before]);
    const overview = await admin.request<PolicyOverview>('GET', '/api/policies');
    expect(overview).toMatchObject({
      source: 'database',
      version: Number(before.split('@')[1]),
      published: { version: Number(label.split('@')[1]) },
      problems: [expect.stringContaining(problem)],
    });
    await relay.kill('SIGTERM');
    relay = await RelayProcess.start({ config, env, folder: relay.folder });
    admin = await relay.admin();
    expect((await askOnce(relay)).policy).toBe(label);
  }, 120_000);

  const itWithTwo = store === 'PostgreSQL' ? it : it.skip; // the embedded database belongs to one process
  itWithTwo(
    'are taken over by another process within seconds, and so is the way back to the file',
    async () => {
      const second = await RelayProcess.start({ config, env: { ...env, RELAY_ROLES: 'gateway' } });
      try {
        await takenOver(second, await publish(admin, capping(500)));
        await takenOver(second, await publish(admin, capping(600)));
        await admin.request('POST', '/api/policies/unpublish', {});
        await takenOver(second, 'file@1');
        expect((await askOnce(relay)).policy).toBe('file@1');
      } finally {
        await second.close();
      }
    },
    120_000,
  );
});
