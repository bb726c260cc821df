import { type PolicyVersionDetail } from '@relay/contracts';
import { saySkipped } from '@relay/testing';
import { type AdminApp, type Call, type Reply, startAdmin } from '../../test/admin-app';

const databaseUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = databaseUrl ? describe : describe.skip;
if (!databaseUrl) saySkipped('policies over HTTP, because TEST_DATABASE_URL is not set');

/** The policy of relay.yaml is test@1. */
const source = (maxTokens: number): string =>
  `name: test\nversion: 1\nrules: [{ id: cap, when: 'true', then: { decoding: { maxTokens: ${maxTokens} } } }]\n`;

describePostgres('policies over HTTP', () => {
  let admin: AdminApp;
  let token: string;

  beforeAll(async () => {
    admin = await startAdmin(databaseUrl);
    token = await admin.tokenOf('operator');
  });
  afterAll(() => admin?.close());

  const call = (method: string, target: string, body?: unknown, more: Call = {}): Promise<Reply> =>
    admin.call(method, `/api/policies${target}`, { token, body, ...more });
  const draft = async (maxTokens: number): Promise<PolicyVersionDetail> => {
    const reply = await call('POST', '/versions', { source: source(maxTokens) });
    expect(reply.status).toBe(201);
    return JSON.parse(reply.text) as PolicyVersionDetail;
  };
  const error = (status: number, code: string, param: string | null, message: string) => ({
    status,
    body: { error: { code, param, message: expect.stringContaining(message) } },
  });

  it('go from a draft by its explanation to being in force, and back to the file', async () => {
    expect((await call('GET', '')).body).toMatchObject({ name: 'test', version: 1, source: 'file', agree: true });
    const { version, digest } = await draft(10);
    expect(await call('GET', `/versions/${version}`)).toMatchObject({ status: 200, body: { digest, problems: [] } });
    const request = { model: 'small', messages: [{ role: 'user', content: 'hi' }] };
    const explained = await call('POST', '/explain', { tenant: 'alpha', request, policy: String(version) });
    expect(explained.body).toMatchObject({ policy: `test@${version}`, plan: { decoding: { maxTokens: 10 } } });
    const published = await call('POST', `/versions/${version}/publish`, { expectedDigest: digest });
    expect(published).toMatchObject({ status: 200, body: { version, status: 'published' } });
    expect((await call('GET', '')).body).toMatchObject({ version, source: 'database', agree: false });
    const inForce = await call('POST', '/explain', { tenant: 'alpha', request });
    expect(inForce.body).toMatchObject({ policy: `test@${version}` });
    const inline = await call('POST', '/explain', { tenant: 'alpha', request, policy: { source: source(77) } });
    expect(inline.body).toMatchObject({ plan: { decoding: { maxTokens: 77 } } });
    expect(await call('POST', '/unpublish')).toMatchObject({ status: 200, body: { source: 'file', published: null } });
    expect(await call('POST', '/rollback', { version: `test@${version}` })).toMatchObject({
      status: 200,
      body: { version: version + 1, status: 'published', digest },
    });
  });

  it('are tried on a share of the traffic, one at a time, and promoted or stopped', async () => {
    const first = await draft(51);
    const tried = await call('POST', `/versions/${first.version}/canary`, { share: 0.1, unit: 'tenant', note: 'try' });
    expect(tried).toMatchObject({
      status: 200,
      body: { version: `test@${first.version}`, status: 'running', share: 0.1, unit: 'tenant', judgement: null },
    });
    const second = await draft(52);
    for (const [target, body] of [
      [`/versions/${second.version}/canary`, { share: 0.1 }],
      [`/versions/${second.version}/publish`, {}],
    ] as const)
      expect(await call('POST', target, body)).toMatchObject(
        error(409, 'conflict', 'version', 'promote it, or stop it'),
      );
    expect((await call('GET', '')).body).toMatchObject({ canary: { status: 'running', guardrails: { cost: 0.2 } } });
    expect(await call('POST', '/canary/stop', { note: 'no' })).toMatchObject({ status: 200, body: { reason: 'no' } });
    expect(await call('POST', `/versions/${second.version}/canary`, { share: 0.5 })).toMatchObject({ status: 200 });
    expect(await call('POST', '/canary/promote')).toMatchObject({ status: 200, body: { status: 'published' } });
    expect(await call('POST', '/canary/promote')).toMatchObject(error(409, 'conflict', null, 'No canary runs'));
    expect(await call('POST', '/unpublish')).toMatchObject({ status: 200 });
  });

  it.each([
    [{ share: 0 }, 'share'],
    [{ share: 0.6 }, 'share'],
    [{}, 'share'],
    [{ share: 0.1, unit: 'country' }, 'unit'],
    [{ share: 0.1, guardrails: { p95: -1 } }, 'guardrails.p95'],
  ])('are not tried on %j', async (body, param) => {
    const { version } = await draft(60);
    expect(await call('POST', `/versions/${version}/canary`, body)).toMatchObject(
      error(400, 'invalid_request', param, ''),
    );
  });

  it('are changed, compared, listed and discarded', async () => {
    const { version } = await draft(20);
    const changed = await call('PUT', `/versions/${version}`, { source: source(21), note: 'one more' });
    expect(changed).toMatchObject({ status: 200, body: { note: 'one more' } });
    const diff = await call('GET', `/diff?from=file&to=${version}`);
    expect(diff).toMatchObject({ status: 200, body: { rules: { added: ['cap'] }, textOf: 'document' } });
    const page = await call('GET', '/versions?limit=1');
    expect(page.body).toMatchObject({ data: [{ version }], nextCursor: expect.any(String) });
    expect((await call('DELETE', `/versions/${version}`)).status).toBe(204);
    expect((await call('GET', `/versions/${version}`)).status).toBe(404);
  });

  it('that are made at once are published once', async () => {
    const drafts = [await draft(31), await draft(32), await draft(33)];
    const replies = await Promise.all(drafts.map(({ version }) => call('POST', `/versions/${version}/publish`)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it('that are bad are refused, with every problem in its place', async () => {
    const bad = 'name: test\nversion: 1\nsize: 3\nrules:\n  - { id: a, when: nope == 1, then: { colour: red } }\n';
    const refused = await call('POST', '/versions', { source: bad });
    expect(refused).toMatchObject(error(400, 'invalid_request', 'source', '3:1: size: found an unknown key'));
    expect(refused).toMatchObject(error(400, 'invalid_request', 'source', 'rules[0].then.colour'));
    const linted = await call('POST', '/lint', { source: bad });
    expect(linted).toMatchObject({
      status: 200,
      body: { problems: expect.arrayContaining([expect.objectContaining({ line: 3, column: 1, severity: 'error' })]) },
    });
    const unknown = 'name: test\nversion: 1\ndefaults: { route: { candidates: [nobody] } }\n';
    const { body } = await call('POST', '/versions', { source: unknown });
    expect(await call('POST', `/versions/${String(body.version)}/publish`, {})).toMatchObject(
      error(400, 'invalid_request', 'version', '"nobody"'),
    );
    const request = { model: 'small', messages: [{ role: 'user', content: 'hi' }] };
    const explain = { tenant: 'alpha', request, policy: { source: unknown } };
    expect(await call('POST', '/explain', explain)).toMatchObject(error(400, 'invalid_request', 'policy', '"nobody"'));
  });

  it.each([
    ['both a text and a document', { source: 'x', document: {} }, error(400, 'invalid_request', 'source', 'either')],
    ['neither', { note: 'x' }, error(400, 'invalid_request', 'source', 'either')],
    ['an unknown field', { source: 'x', colour: 'red' }, error(400, 'invalid_request', 'colour', 'unknown field')],
    ['no YAML', { source: 'a: [' }, error(400, 'invalid_request', 'source', '1:')],
    ['no policy', { document: { a: 1 } }, error(400, 'invalid_request', 'document', 'a: found an unknown key')],
    ['10 MB', { source: 'x'.repeat(10_000_000) }, error(413, 'body_too_large', null, '')],
    ['a base that is none', { source: source(1), basedOn: '99' }, error(404, 'not_found', 'basedOn', 'no such')],
  ])('are not made from %s', async (_what, body, expected) => {
    expect(await call('POST', '/versions', body)).toMatchObject(expected);
  });

  it.each(['0', '-1', 'x', '1e9', '99999999999', "1'--", '%00'])('have no version %s', async (version) => {
    const { status } = await call('GET', `/versions/${version}`);
    expect([400, 404]).toContain(status);
  });

  it('are explained to a tenant-admin as they are in force, and not otherwise', async () => {
    const own = await admin.tokenOf('tenant-admin', 'alpha');
    const request = { model: 'small', messages: [{ role: 'user', content: 'hi' }] };
    const ask = (more: object): Promise<Reply> =>
      call('POST', '/explain', { tenant: 'alpha', request, ...more }, { token: own });
    expect((await ask({})).status).toBe(200);
    for (const policy of ['latest', 'file', { source: source(1) }])
      expect(await ask({ policy })).toMatchObject(error(403, 'forbidden', 'policy', 'in force only'));
  });

  it('leave behind who did what', async () => {
    const { body } = await admin.call('GET', '/api/audit?limit=200', { token });
    const actions = (body.data as { action: string; actor: { email: string } }[]).map(({ action }) => action);
    expect(new Set(actions)).toEqual(
      new Set([
        'login.success',
        ...['draft', 'update', 'discard', 'publish', 'canary', 'canary-stop', 'promote', 'rollback', 'unpublish'].map(
          (what) => `policy.${what}`,
        ),
      ]),
    );
    const verified = await admin.call('GET', '/api/audit/verify', { token });
    expect(verified.body).toMatchObject({ intact: true, entries: actions.length });
  });
});
