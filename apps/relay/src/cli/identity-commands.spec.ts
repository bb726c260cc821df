import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiKeyView, AuditPage, TenantView } from '@relay/contracts';
import { CliError } from './cli-error';
import { buildProgram } from './program';

const TENANT: TenantView = {
  ...{ id: 'acme', name: 'Acme', weight: 2, tier: 'gold', tags: [], models: null, payloads: {}, source: 'database' },
  ...{ limits: { requestsPerMinute: 60 }, createdAt: '2026-03-01T00:00:00.000Z', disabledAt: null },
};
const KEY: ApiKeyView = {
  ...{ id: 'k-1', tenant: 'acme', name: 'ci', prefix: 'rk-abcdef', scopes: ['inference'], models: null, limits: {} },
  ...{ source: 'database', createdAt: '2026-03-01T00:00:00.000Z', expiresAt: null, revokedAt: null, rotatedTo: null },
  lastUsedAt: null,
};
const HEAD = 'a'.repeat(64);
const entry = (seq: number): AuditPage['data'][number] => ({
  ...{ seq, at: '2026-03-01T00:00:00.000Z', actor: { id: 'u', email: 'ann@example.org' }, action: 'key.revoke' },
  ...{ target: 'k-1', detail: {}, prevHash: HEAD, hash: HEAD },
});

describe('the commands of tenants, keys and the audit log', () => {
  let server: Server;
  let asked: { route: string; body: unknown }[];
  let replies: Record<string, unknown>;
  let out: string;
  let said: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const route = `${request.method} ${request.url}`;
        asked.push({ route, body: text === '' ? undefined : JSON.parse(text) });
        const reply = replies[route];
        const status = reply === undefined ? 404 : reply === null ? 204 : 200;
        response.writeHead(status, { 'content-type': 'application/json' });
        const error = { message: `nothing at ${route}`, type: 'api_error', code: 'not_found', param: null };
        response.end(reply === null ? undefined : JSON.stringify(reply ?? { error }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  beforeEach(() => {
    [asked, replies, out, said] = [[], {}, '', ''];
    const keep = (to: (text: string) => void) => (text: unknown) => (to(String(text)), true);
    jest.spyOn(process.stdout, 'write').mockImplementation(keep((text) => (out += text)));
    jest.spyOn(process.stderr, 'write').mockImplementation(keep((text) => (said += text)));
    process.env['RELAY_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env['RELAY_TOKEN'] = 'token';
  });
  afterEach(() => {
    jest.restoreAllMocks();
    delete process.env['RELAY_URL'];
    delete process.env['RELAY_TOKEN'];
  });

  const relay = async (line: string): Promise<void> => {
    await buildProgram().parseAsync(['node', 'relay', ...line.split(' ')]);
  };

  it('list all pages of tenants', async () => {
    replies['GET /api/tenants?status=all&limit=200'] = { data: [TENANT], nextCursor: 'next' };
    const disabled = { ...TENANT, id: 'old', disabledAt: '2026-04-01T00:00:00.000Z' };
    replies['GET /api/tenants?status=all&limit=200&cursor=next'] = { data: [disabled], nextCursor: null };
    await relay('tenants list --status all');
    expect(out.split('\n')).toEqual([
      'weight  tier      from     state  tenant',
      '     2  gold  database    active  acme',
      '     2  gold  database  disabled  old',
      '',
    ]);
  });

  it('change what is named of a tenant, and keep the limits that are not', async () => {
    replies['GET /api/tenants/acme'] = TENANT;
    replies['PATCH /api/tenants/acme'] = TENANT;
    await relay('tenants update acme --tier basic --models all --tokens-per-minute 500 --enable');
    expect(asked.at(-1)?.body).toEqual({
      ...{ tier: 'basic', models: null, disabled: false },
      limits: { requestsPerMinute: 60, tokensPerMinute: 500 },
    });
    await expect(relay('tenants update acme')).rejects.toThrow('name what to change');
  });

  it('make and disable tenants', async () => {
    replies['POST /api/tenants'] = TENANT;
    replies['DELETE /api/tenants/a%2Fb'] = null;
    await relay('tenants create acme --weight 2 --tags a,b');
    expect(asked[0]?.body).toEqual({ id: 'acme', weight: 2, tags: ['a', 'b'] });
    await relay('tenants disable a/b');
    expect(said).toContain('a/b is disabled');
  });

  it('print a new key alone, and say that it is not kept', async () => {
    replies['POST /api/tenants/acme/keys'] = { ...KEY, key: 'rk-secret' };
    await relay('keys create --tenant acme --name ci --models small --requests-per-minute 5');
    expect(asked[0]?.body).toEqual({ name: 'ci', models: ['small'], limits: { requestsPerMinute: 5 } });
    expect([out, said]).toEqual(['rk-secret\n', expect.stringContaining('k-1')]);
  });

  it('rotate with an overlap or at once, list and revoke keys', async () => {
    replies['POST /api/tenants/acme/keys/k-1/rotate'] = { ...KEY, id: 'k-2', key: 'rk-next' };
    await relay('keys rotate k-1 --tenant acme --overlap-hours 2');
    await relay('keys rotate k-1 --tenant acme --now');
    expect(asked.map(({ body }) => body)).toEqual([{ overlapSeconds: 7_200 }, { overlapSeconds: 0 }]);
    replies['GET /api/tenants/acme/keys?limit=200'] = {
      data: [{ ...KEY, rotatedTo: 'k-2', expiresAt: '2026-05-01T00:00:00.000Z' }],
      nextCursor: null,
    };
    await relay('keys list --tenant acme');
    expect(out).toContain('k-1  rk-abcdef…  until 2026-05-01T00:00:00.000Z, rotated          -  ci');
    replies['DELETE /api/tenants/acme/keys/k-1'] = null;
    await relay('keys revoke k-1 --tenant acme');
    expect(said).toContain('k-1 is revoked');
  });

  it('refuse a scope that there is not', async () => {
    await expect(relay('keys create --tenant acme --name ci --scopes everything')).rejects.toThrow('inference');
    expect(asked).toEqual([]);
  });

  it('print the head of an audit log that is whole', async () => {
    replies[`GET /api/audit/verify?head=${HEAD}`] = { intact: true, entries: 7, head: HEAD, broken: null };
    await relay(`audit verify --head ${HEAD}`);
    expect([out, said]).toEqual([`${HEAD}\n`, 'relay: 7 entries, all as they were written\n']);
  });

  it('name the first broken entry of one that is not, and fail with status 1', async () => {
    const broken = { seq: 4, reason: 'changed' };
    replies['GET /api/audit/verify'] = { intact: false, entries: 3, head: HEAD, broken };
    const failure: unknown = await relay('audit verify').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CliError);
    expect(failure).toMatchObject({ exitCode: 1, message: expect.stringContaining('broken at entry 4') });
    expect(out).toBe('');
  });

  it('export entries as lines of JSON, page by page', async () => {
    replies['GET /api/audit?action=key&limit=200'] = { data: [entry(2)], nextCursor: '2' };
    replies['GET /api/audit?action=key&limit=200&cursor=2'] = { data: [entry(1)], nextCursor: null };
    await relay('audit export --action key');
    const lines = out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([2, 1]);
  });
});
