import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EvaluationComparison, EvaluationGroup, Evaluations } from '@relay/contracts';
import { buildProgram } from './program';

const NOTHING = { value: null, low: null, high: null, count: 0 };
const group = (key: string | null, quality: number): EvaluationGroup => ({
  ...{ key, requests: 500, errors: 10, costUsd: '1', badHits: 0, verdicts: 80, voices: 60 },
  figures: {
    quality: { value: quality, low: quality - 0.1, high: quality + 0.1, count: 80 },
    errorShare: { value: 0.02, low: 0.01, high: 0.03, count: 500 },
    ...{ p50Ms: NOTHING, p95Ms: { value: 812.4, low: 700, high: 900, count: 490 } },
    ...{ ttftP50Ms: NOTHING, ttftP95Ms: NOTHING, cacheHitShare: NOTHING, outputTokens: NOTHING },
    costPer1kUsd: { value: '2.041632653061', low: '1.9', high: '2.2', count: 490 },
  },
});
const WINDOW = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T00:00:00.000Z' };
const FOUND: Evaluations = {
  ...{ ...WINDOW, by: 'policy', truncated: false },
  ...{ data: [group('default@6', 0.9), group(null, 0.5)], total: group(null, 0.7) },
};
const COMPARED: EvaluationComparison = {
  ...{ by: 'policy', tested: 2, confidence: 0.975, tolerance: 0.01, regression: true },
  a: { ...WINDOW, name: 'default@6', group: group('default@6', 0.9) },
  b: { ...WINDOW, name: 'default@7', group: group('default@7', 0.6) },
  figures: [
    { figure: 'quality', verdict: 'worse', difference: -0.3, low: -0.4, high: -0.15, relative: -1 / 3 },
    { figure: 'costPer1kUsd', verdict: 'no-difference', difference: '0', low: '-0.2', high: '0.25', relative: 0 },
    { figure: 'ttftP95Ms', verdict: 'too-few', difference: null, low: null, high: null, relative: null },
  ],
};

describe('relay evaluate', () => {
  let server: Server;
  let asked: string[];
  let out: string;
  let reply: Evaluations | EvaluationComparison;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(reply));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());
  beforeEach(() => {
    [asked, out, reply] = [[], '', COMPARED];
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

  const relay = (...args: string[]) => buildProgram().parseAsync(['node', 'relay', 'evaluate', ...args]);
  const lines = (): string[][] =>
    out
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s{2,}/));

  it('tells the figures of each group', async () => {
    reply = FOUND;
    await relay('--by', 'policy', '--from', WINDOW.from, '--tenant', 'acme');
    expect(asked).toEqual(['/api/evaluations?by=policy&from=2026-03-01T00%3A00%3A00.000Z&tenant=acme']);
    expect(lines()[1]).toEqual([
      '500',
      '80',
      '0.900',
      '0.020',
      '-',
      '812',
      '-',
      '-',
      '2.041632',
      '-',
      '-',
      'default@6',
    ]);
    expect(lines().map((line) => line.at(-1))).toEqual(['output', 'default@6', '(none)', 'total']);
    expect(process.exitCode).toBeUndefined();
  });

  it('compares two groups in words, and ends with 1 where the second is worse', async () => {
    await relay('--compare', 'default@6', 'default@7', '--from', WINDOW.from, '--tolerance', '0.05');
    expect(asked[0]).toMatch(/comparison\?from=.*&a=default%406&b=default%407&tolerance=0.05$/);
    expect(lines()).toContainEqual([
      ...['0.900', '0.600', '-0.300', '-0.400 .. -0.150', 'worse', 'quality: mean of feedback, 0 to 1'],
    ]);
    expect(out).toContain('no difference seen');
    expect(out).toContain('too few to tell');
    expect(process.exitCode).toBe(1);
  });

  it('ends well where nothing is worse', async () => {
    reply = { ...COMPARED, regression: false };
    await relay('--moment', '2026-03-01T12:00:00Z');
    expect(asked[0]).toContain('moment=2026-03-01T12');
    expect(process.exitCode).toBeUndefined();
  });

  it('ends with 2 where it cannot tell, so that nobody takes that for well or worse', async () => {
    reply = { ...COMPARED, regression: false, tested: 0 };
    await expect(relay('--compare', 'a', 'b')).rejects.toMatchObject({
      exitCode: 2,
      message: /nothing could be compared/,
    });
    await expect(relay('--compare', 'a', 'b', 'c')).rejects.toMatchObject({ exitCode: 2 });
    process.env['RELAY_URL'] = 'http://127.0.0.1:1';
    await expect(relay('--compare', 'a', 'b')).rejects.toMatchObject({ exitCode: 2, message: /cannot reach/ });
  });
});
