import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Reconciliation, Usage } from '@relay/contracts';
import { buildProgram } from './program';

const SUMS: Usage['total'] = {
  ...{ requests: 4, ok: 4, errors: 0, rejected: 0, aborted: 0, cacheHits: 1, unpriced: 0, estimated: 0 },
  cacheHitsByKind: { exactL1: 1, exactL2: 0, semantic: 0, coalesced: 0 },
  ...{ inputTokens: 30, cachedInputTokens: 0, outputTokens: 9, reasoningTokens: 0, savedTokens: 12 },
  ...{ costUsd: '1.5', savedUsd: '0.5', savedByRoutingUsd: '2' },
  latency: { p50Ms: 10, p95Ms: 20.4, p99Ms: 30 },
  ttft: { p50Ms: null, p95Ms: null, p99Ms: null },
};
const WINDOW = { from: '2026-03-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' };
const USAGE: Usage = { ...WINDOW, groupBy: 'model', data: [{ key: '=2+2', ...SUMS }], truncated: false, total: SUMS };
const SIDE = { requests: null, inputTokens: null, outputTokens: null };
const REPORT: Reconciliation = {
  ...{
    provider: 'acme',
    ...WINDOW,
    groupBy: 'day+model',
    shape: 'generic',
    columns: {},
    lines: 2,
    skipped: 0,
    unpricedRequests: 0,
  },
  groups: [
    {
      day: '2026-03-02',
      model: 'm',
      state: 'different',
      invoice: { ...SIDE, usd: '2' },
      traces: { ...SIDE, usd: '1.5' },
      differenceUsd: '0.5',
    },
  ],
  truncated: false,
  total: { invoice: { ...SIDE, usd: '2' }, traces: { ...SIDE, usd: '1.5' }, differenceUsd: '0.5' },
};

describe('relay cost', () => {
  let server: Server;
  let directory: string;
  let asked: { route: string; body: unknown }[];
  let out: string;
  let usage: Usage;
  let report: Reconciliation;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        asked.push({ route: `${request.method} ${request.url}`, body: text === '' ? undefined : JSON.parse(text) });
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(request.method === 'POST' ? report : usage));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    directory = mkdtempSync(path.join(tmpdir(), 'relay-cli-'));
  });
  afterAll(() => {
    server.close();
    rmSync(directory, { recursive: true });
  });
  beforeEach(() => {
    [asked, out, usage, report] = [[], '', USAGE, REPORT];
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
    jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    process.env['RELAY_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env['RELAY_TOKEN'] = 'token';
  });
  afterEach(() => {
    jest.restoreAllMocks();
    delete process.env['RELAY_URL'];
    delete process.env['RELAY_TOKEN'];
    process.exitCode = undefined;
  });

  const relay = (...args: string[]) => buildProgram().parseAsync(['node', 'relay', 'cost', ...args]);

  it('tells what requests cost, as a table or as CSV without formulas', async () => {
    await relay('--by', 'model', '--tenant', 'acme');
    expect(asked[0]?.route).toBe('GET /api/usage?groupBy=model&tenant=acme');
    expect(
      out
        .trim()
        .split('\n')
        .map((line) =>
          line
            .trim()
            .split(/\s{2,}/)
            .join(' '),
        ),
    ).toEqual([
      'requests errors hits input output USD saved by routing P95 ms',
      '4 0 1 30 9 1.5 0.5 2 20 =2+2',
      '4 0 1 30 9 1.5 0.5 2 20 total',
    ]);
    out = '';
    await relay('--by', 'model', '--csv');
    expect(out.split('\n')[1]).toBe("'=2+2,4,0,1,30,9,1.5,0.5,2,20");
  });

  it('names what has no name as the CSV of the API does', async () => {
    usage = { ...USAGE, data: [{ key: null, ...SUMS }] };
    await relay('--by', 'tag', '--csv');
    expect(out.split('\n')[1]).toMatch(/^\(none\),4,/);
    out = '';
    await relay('--by', 'tag');
    expect(out.split('\n')[1]).toMatch(/ \(none\)$/);
  });

  it('takes the window from the file and columns from the command line, and calls nothing equal that was not compared', async () => {
    const file = path.join(directory, 'other.csv');
    writeFileSync(file, 'Billed on,Net amount\n2026-03-02,2\n');
    const columns = ['--column', 'usd=Net amount', '--column', 'day=Billed on'];
    report = { ...REPORT, groups: [], skipped: 2, total: { ...REPORT.total, differenceUsd: '0' } };
    await relay('reconcile', '--provider', 'acme', '--file', file, '--by', 'day', ...columns);
    expect(asked[0]?.body).toEqual({
      ...{ provider: 'acme', groupBy: 'day', columns: { usd: 'Net amount', day: 'Billed on' } },
      csv: 'Billed on,Net amount\n2026-03-02,2\n',
    });
    expect(process.exitCode).toBe(1);
  });

  it('compares an invoice, and ends with 1 where it differs', async () => {
    const file = path.join(directory, 'invoice.csv');
    writeFileSync(file, 'date,model,cost\n2026-03-02,m,2\n');
    await relay('reconcile', '--provider', 'acme', '--file', file, '--from', WINDOW.from, '--to', WINDOW.to);
    expect(asked[0]).toEqual({
      route: 'POST /api/usage/reconcile',
      body: { provider: 'acme', ...WINDOW, groupBy: 'day+model', csv: 'date,model,cost\n2026-03-02,m,2\n' },
    });
    expect(out).toContain('different  2026-03-02 m');
    expect(process.exitCode).toBe(1);
  });
});
