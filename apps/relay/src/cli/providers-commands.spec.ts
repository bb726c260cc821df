import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderProbe, ProviderView } from '@relay/contracts';
import { buildProgram } from './program';

const AT = '2026-03-01T00:00:00.000Z';
const PROBE: ProviderProbe = {
  ...{ at: AT, check: 'answer', target: 'up', ok: true, durationMs: 12, upstreamStatus: 200 },
  ...{ code: null, message: 'It answered.' },
};
const FIGURES = { ttftP50Ms: null, ttftP90Ms: null, ttftP95Ms: null, tpotP50Ms: null, tpotP90Ms: null };
const VIEW: ProviderView = {
  ...{ id: 'far', kind: 'openai', region: null, baseUrl: null, keys: null, rttMs: null },
  limits: { concurrency: 4, requestsPerMinute: null, tokensPerMinute: null },
  override: { mode: 'drain', since: AT, until: AT, by: 'ann@example.org', reason: 'new\n\u001bhardware' },
  targets: [
    {
      ...{ upstreamModel: 'up', models: ['m'], prices: [], breaker: 'open', reason: 'drained', openUntil: AT },
      ...{ override: null, samples: 0, errorRate: null, lastError: null, ...FIGURES },
    },
  ],
};

describe('the commands of providers', () => {
  let server: Server;
  let asked: { route: string; body: unknown }[] = [];
  let probe = PROBE;
  let printed = '';

  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        const route = `${request.method} ${request.url}`;
        asked.push({ route, body: text === '' ? null : JSON.parse(text) });
        const page = { region: null, data: [VIEW], nextCursor: null };
        const replies: Record<string, unknown> = { GET: page, POST: probe, PUT: VIEW };
        if (request.method === 'DELETE') response.writeHead(204).end();
        else response.end(JSON.stringify(replies[request.method ?? '']));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    process.env['RELAY_TOKEN'] = 'a token';
    process.env['RELAY_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    delete process.env['RELAY_TOKEN'];
    delete process.env['RELAY_URL'];
    server.close();
  });
  beforeEach(() => {
    asked = [];
    printed = '';
    const write = (text: string | Uint8Array): boolean => ((printed += String(text)), true);
    jest.spyOn(process.stdout, 'write').mockImplementation(write);
    jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  });
  afterEach(() => jest.restoreAllMocks());

  const run = (...words: string[]): Promise<unknown> =>
    buildProgram().parseAsync(['providers', ...words], { from: 'user' });

  it('list what there is, with who said what', async () => {
    await run('list');
    const said = `drain until ${AT} by ann@example.org: new hardware`;
    expect(printed).toBe(`far  openai  ${said}\n  up  open (drained)\n`);
  });

  it('take one out of service, and put it back', async () => {
    await run('override', 'far', 'drain', '--reason', 'new hardware', '--minutes', '90');
    await run('override', 'far', 'open', '--reason', 'it lies', '--target', 'org/up');
    await run('release', 'far', '--target', 'org/up');
    expect(asked).toEqual([
      { route: 'PUT /api/providers/far/override', body: { mode: 'drain', reason: 'new hardware', forMs: 5_400_000 } },
      { route: 'PUT /api/providers/far/override', body: { mode: 'open', reason: 'it lies', target: 'org/up' } },
      { route: 'DELETE /api/providers/far/override?target=org%2Fup', body: null },
    ]);
    await expect(run('override', 'far', 'shut', '--reason', 'why')).rejects.toThrow('Allowed choices');
    await expect(run('override', 'far', 'open', '--reason', 'why', '--minutes', '1441')).rejects.toThrow('1440');
  });

  it('probe it, and fail where it fails', async () => {
    await run('probe', 'far');
    expect(printed).toBe('well: one token of up in 12 ms\n');
    probe = { ...PROBE, ok: false, code: 'upstream_error', message: 'Provider far refused the connection.' };
    await expect(run('probe', 'far')).rejects.toThrow('one token of up: upstream_error: Provider far refused');
  });
});
