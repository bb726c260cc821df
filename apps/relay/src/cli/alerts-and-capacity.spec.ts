import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Alert, CapacityReport, WhatIfReply } from '@relay/contracts';
import { buildProgram } from './program';

const AT = '2026-03-01T00:00:00.000Z';
const ALERT: Alert = {
  ...{ id: 'a-1', rule: 'errors', kind: 'error-rate', subject: null, severity: 'critical', state: 'resolved' },
  ...{ scope: { tenant: null, model: null, provider: null }, value: 0.2, peak: 0.3, threshold: 0.1, unit: 'share' },
  ...{ message: 'error-rate: 20.0%, threshold 10.0%, over 5 min', since: AT, firedAt: AT, resolvedAt: AT, returns: 0 },
  ...{ acknowledgedAt: AT, acknowledgedBy: 'ann@example.org' },
  notices: [
    {
      id: 'n',
      channel: 'ops',
      event: 'firing',
      state: 'given-up',
      attempts: 8,
      at: AT,
      sentAt: null,
      error: 'status 500',
    },
  ],
};
const LOAD = {
  ...{ requestsPerSecond: 1, serviceMs: 2_000, serviceCv: 1, dispersion: 1, utilisation: 0.5 },
  ...{ predictedWaitMs: { mean: 100, p90: 250 }, headroomPerSecond: 0.5 },
};
const HOUR = { ...LOAD, weekday: 1, hour: 9, hours: 1, measuredWaitMs: { mean: 90, p90: 200 } };
const REPORT: CapacityReport = {
  ...{ from: AT, to: AT, targetWaitMs: 1_000, note: null, rates: [], trendDays: 30 },
  pools: [
    { id: 'mock', slots: 4, requests: 3_600, busiest: HOUR, hours: [HOUR] },
    { id: 'idle', slots: 1, requests: 0, busiest: null, hours: [] },
  ],
  forecasts: [
    { limit: 'slots', id: 'mock', now: 2, max: 4, growthPerWeek: 0.1, metAt: AT, earliest: AT, latest: null },
  ],
  disk: { bytesPerTrace: null, databaseBytes: 1, freeBytes: null, retentionDays: 30 },
};
const REPLY: WhatIfReply = {
  ...{ from: AT, to: AT, firstMet: 'slots', monthlyUsd: '12.50' },
  pools: [
    {
      ...{ id: 'mock', slots: 4, addedPerSecond: 1, serviceMs: 2_000, serviceFrom: 'fit', before: LOAD },
      after: { ...LOAD, utilisation: 1, predictedWaitMs: { mean: null, p90: null } },
    },
    {
      ...{ id: 'new', slots: 4, addedPerSecond: 1, serviceMs: null, serviceFrom: 'none' },
      ...{ before: null, after: null },
    },
  ],
  limits: [{ limit: 'slots', id: 'mock', before: 2, after: 4, max: 3, exceeded: true }],
};

describe('the commands of alerts and capacity', () => {
  let server: Server;
  let asked: { route: string; body: unknown }[];
  let replies: Record<string, unknown>;
  let out: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        const route = `${request.method} ${request.url}`;
        asked.push({ route, body: text === '' ? undefined : JSON.parse(text) });
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(replies[route.split('?')[0] ?? '']));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());
  beforeEach(() => {
    [asked, replies, out] = [[], {}, ''];
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
    process.env['RELAY_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env['RELAY_TOKEN'] = 'token';
  });
  afterEach(() => {
    jest.restoreAllMocks();
    delete process.env['RELAY_URL'];
    delete process.env['RELAY_TOKEN'];
  });

  const relay = async (...args: string[]): Promise<string[]> => {
    await buildProgram().parseAsync(['node', 'relay', ...args]);
    return out.trimEnd().split('\n');
  };

  it('list alerts, with those who were not told', async () => {
    replies['GET /api/alerts'] = { data: [ALERT], nextCursor: null };
    expect(await relay('alerts', 'list', '--state', 'resolved')).toEqual([
      `${AT} until ${AT}  resolved  critical  errors  ${ALERT.message}  acknowledged by ann@example.org  not told: ops`,
    ]);
    expect(asked[0]?.route).toBe('GET /api/alerts?state=resolved&limit=20');
  });

  it('test a channel, and fail where it was not told', async () => {
    const route = 'POST /api/alerts/channels/ops/test';
    replies[route] = { delivered: true, httpStatus: 200, error: null, durationMs: 12 };
    expect(await relay('alerts', 'test', 'ops')).toEqual(['ops was told: status 200, 12 ms']);
    replies[route] = { delivered: false, httpStatus: 500, error: 'status 500', durationMs: 12 };
    await expect(relay('alerts', 'test', 'ops')).rejects.toThrow('ops was not told: status 500');
  });

  it('tell how full pools and limits are', async () => {
    replies['GET /api/capacity'] = REPORT;
    const lines = await relay('capacity', '--from', AT, '--target-wait', '500');
    expect(asked[0]?.route).toBe(`GET /api/capacity?from=${encodeURIComponent(AT)}&targetWaitMs=500`);
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['slots', 'requests', 'busiest hour', 'busy', 'P90 wait', 'predicted', 'head room', 'pool'],
      ['4', '3600', 'Mon 09:00', '50.0%', '0.20 s', '0.25 s', '30.0/min', 'mock'],
      ['1', '0', '-', '-', '-', '-', '-', 'idle'],
      [''],
      ['limit', 'full', 'a week', 'met', 'from', 'to', 'of'],
      ['slots', '50.0%', '10.0%', '2026-03-01', '2026-03-01', '-', 'mock'],
    ]);
  });

  it('say why a report has nothing in it', async () => {
    replies['GET /api/capacity'] = { ...REPORT, note: 'It counts until 2026-03-01T14:00 UTC, the last full hour.' };
    expect(await relay('capacity')).toContain('It counts until 2026-03-01T14:00 UTC, the last full hour.');
  });

  it('tell what another tenant would change', async () => {
    replies['POST /api/capacity/what-if'] = REPLY;
    const lines = await relay('capacity', '--what-if', 'model=small,rpm=60,in=500,out=200,burst=4');
    expect(asked[0]?.body).toEqual({
      ...{ model: 'small', requestsPerMinute: 60, inputTokens: 500, outputTokens: 200, burstiness: 4 },
    });
    expect(lines[1]?.trim().split(/ {2,}/)).toEqual(['2.00 s', '50.0%', '100.0%', '0.25 s', 'no end', 'mock']);
    const nothing = 'new (nothing known of this pool yet)';
    expect(lines[2]?.trim().split(/ {2,}/)).toEqual(['-', '-', '-', '-', '-', nothing]);
    expect(lines.at(-1)).toBe('first met: slots; cost: 12.50 USD a month');
    await expect(relay('capacity', '--what-if', 'model=small,speed=9')).rejects.toMatchObject({ exitCode: 2 });
  });
});
