import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CacheEntryView, CacheStats, Warming } from '@relay/contracts';
import { buildProgram } from './program';

interface Asked {
  readonly route: string;
  readonly body: unknown;
}

const ENTRY: CacheEntryView = {
  ...{
    id: 'entry-1',
    kind: 'semantic',
    owner: 't:acme',
    tags: [],
    model: 'small',
    servedModel: 'small',
    provider: 'sim',
  },
  ...{
    sourceTrace: 'trace-1',
    createdAt: '2026-03-01T00:00:00.000Z',
    expiresAt: '2026-03-02T00:00:00.000Z',
    bytes: 10,
  },
  ...{ costUsd: null, hits: 3, status: 'active', prompt: 'How do I\nreset it?', answer: null, aliasOf: null },
  minSimilarity: null,
};
const GROUP = {
  key: 'exact-l1',
  requests: 4,
  hits: 1,
  hitRate: 0.25,
  savedUsd: '0.5',
  spentUsd: '0.125',
  savedTokens: 30,
  savedMs: 1_500,
};
const STATS: CacheStats = {
  ...{
    from: '2026-03-01T00:00:00.000Z',
    to: '2026-03-02T00:00:00.000Z',
    groups: [GROUP],
    total: { ...GROUP, key: null },
  },
  evidence: [
    {
      ...{ evidence: 'faq', owner: 't:acme', judge: 'equality', embedder: 'test@1', labels: 300, threshold: 0.91 },
      ...{
        bound: 0.018,
        maxErrorPerHit: 0.02,
        measured: { error: 0.01, low: 0.002, high: 0.03, hits: 200, marked: 1 },
        drifted: false,
      },
    },
  ],
  entries: { semantic: 7, quarantined: 1 },
  process: null,
};
const WARMING: Warming = {
  ...{
    id: 'w-1',
    tenant: 'acme',
    status: 'waiting',
    total: 2,
    asked: 0,
    cached: 0,
    failed: 0,
    costUsd: '0',
    reason: null,
  },
  errors: [],
  createdAt: '2026-03-01T00:00:00.000Z',
};
const DONE: Warming = { ...WARMING, status: 'done', asked: 2, cached: 1, costUsd: '0.25' };

describe('the commands of the cache', () => {
  let server: Server;
  let dir: string;
  let asked: Asked[];
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
        const reply = replies[route] ?? replies[route.split('?')[0] ?? ''];
        response.writeHead(reply === undefined ? 404 : 200, { 'content-type': 'application/json' });
        const refusal = {
          error: { message: `nothing at ${route}`, type: 'api_error', code: 'not_found', param: null },
        };
        response.end(JSON.stringify(reply ?? refusal));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'relay-cli-'));
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
    rmSync(dir, { recursive: true });
  });

  const relay = async (...args: string[]): Promise<void> => {
    await buildProgram().parseAsync(['node', 'relay', 'cache', ...args]);
  };
  const write = (name: string, text: string): string => {
    const file = path.join(dir, name);
    writeFileSync(file, text);
    return file;
  };

  it('show what was saved, and how far similar questions are trusted', async () => {
    replies['GET /api/cache/stats'] = STATS;
    await relay('stats', '--tenant', 'acme', '--by', 'rule');
    expect(asked[0]?.route).toBe('GET /api/cache/stats?tenant=acme&groupBy=rule');
    expect(out.split('\n')).toEqual([
      'requests  hits   rate  saved USD  spent USD  tokens   time  ',
      '       4     1  25.0%        0.5      0.125      30  1.5 s  exact-l1',
      '       4     1  25.0%        0.5      0.125      30  1.5 s  total',
      '',
      'stored by meaning: 7, marked bad: 1',
      '',
      'labels  threshold  bound  allowed             measured  evidence',
      '   300     0.9100   1.8%     2.0%  1.0% (0.2% to 3.0%)  t:acme faq, equality, test@1',
      '',
    ]);
  });

  it('give no error where only wrong hits were told of', async () => {
    const measured = { error: 1, low: 0.4, high: 1, hits: 2, marked: 2 };
    replies['GET /api/cache/stats'] = { ...STATS, evidence: STATS.evidence.map((one) => ({ ...one, measured })) };
    await relay('stats');
    expect(out).toContain('2 marked bad  t:acme faq');
    expect(out).not.toContain('100.0%');
  });

  it('list entries over pages, a line each, and tell one in full', async () => {
    replies['GET /api/cache/entries?kind=semantic&limit=3'] = { data: [ENTRY, ENTRY], nextCursor: 'more' };
    replies['GET /api/cache/entries?kind=semantic&limit=1&cursor=more'] = { data: [ENTRY], nextCursor: 'even more' };
    await relay('entries', '--kind', 'semantic', '--limit', '3');
    const line =
      'entry-1  semantic  active       t:acme  small  3 hits  until 2026-03-02T00:00:00.000Z  How do I reset it?';
    expect(out).toBe(`${line}\n${line}\n${line}\n`);
    replies['GET /api/cache/entries/entry-1'] = { ...ENTRY, answer: 'Use the link.' };
    out = '';
    await relay('entries', 'entry-1');
    expect(JSON.parse(out)).toMatchObject({ answer: 'Use the link.' });
  });

  it('list exact entries as well, as far as there is room and no words are looked for', async () => {
    replies['GET /api/cache/entries?kind=semantic&tenant=acme&limit=20'] = { data: [ENTRY], nextCursor: null };
    const exact = { ...ENTRY, id: 'e'.repeat(64), kind: 'exact', hits: null, prompt: null };
    replies['GET /api/cache/entries?kind=exact&tenant=acme&limit=19'] = { data: [exact], nextCursor: null };
    await relay('entries', '--tenant', 'acme');
    expect(out.split('\n').map((line) => line.split(/ +/)[1])).toEqual(['semantic', 'exact', undefined]);
    replies['GET /api/cache/entries'] = { data: [ENTRY], nextCursor: null };
    asked = [];
    await relay('entries', '--limit', '1');
    await relay('entries', '-q', 'reset');
    expect(asked.map(({ route }) => route)).toEqual([
      'GET /api/cache/entries?kind=semantic&limit=1',
      'GET /api/cache/entries?kind=semantic&q=reset&limit=20',
    ]);
  });

  it('invalidate what is named, and nothing when nothing is', async () => {
    replies['POST /api/cache/invalidate'] = { removed: 3 };
    await relay('invalidate', '--tenant', 'acme', '--tag', 'faq');
    expect(asked).toEqual([{ route: 'POST /api/cache/invalidate', body: { tenant: 'acme', tag: 'faq' } }]);
    expect([out, said]).toEqual(['3\n', expect.stringContaining('3 entries were removed')]);
    await relay('invalidate', '--all');
    expect(asked[1]?.body).toEqual({ all: true });
    await expect(relay('invalidate')).rejects.toMatchObject({ exitCode: 2 });
    expect(asked).toHaveLength(2);
  });

  it('have workers remove what is void, and tell how far they are', async () => {
    const begun = { id: 'inv-1', named: { tenant: 'acme' }, total: null, removed: 0, reason: null };
    const at = { createdAt: '2026-03-01T00:00:00.000Z', endedAt: null };
    replies['POST /api/cache/invalidations'] = { ...begun, ...at, status: 'waiting' };
    const total = { count: 70_000, atLeast: true };
    replies['GET /api/cache/invalidations/inv-1'] = { ...begun, ...at, status: 'done', total, removed: 71_204 };
    await relay('invalidate', '--tenant', 'acme', '--background');
    expect(asked[0]).toEqual({ route: 'POST /api/cache/invalidations', body: { tenant: 'acme' } });
    expect([out, said]).toEqual(['71204\n', expect.stringContaining('done, 71204 of at least 70000 removed')]);

    await expect(relay('invalidate', '--all', '--background', '--dry-run')).rejects.toMatchObject({ exitCode: 2 });
  });

  it('count what would go, and say where counting ended early', async () => {
    const of = (count: number, atLeast = false) => ({ count, atLeast });
    const wouldRemove = { memory: of(2), redis: of(50_000, true), semantic: of(3), total: of(50_004, true) };
    replies['POST /api/cache/invalidate'] = { removed: 0, wouldRemove };
    await relay('invalidate', '--tenant', 'acme', '--dry-run');
    expect(asked[0]?.body).toEqual({ tenant: 'acme', dryRun: true });
    expect(out).toBe('50004\n');
    expect(said).toContain(
      'at least 50004 entries would go: 2 in the memory of the process that answered, at least 50000 in Redis, 3 by meaning',
    );
    await expect(relay('invalidate', '--dry-run')).rejects.toMatchObject({ exitCode: 2 });
  });

  it('mark a bad hit', async () => {
    replies['POST /api/cache/entries/entry-1/bad-hit'] = { entry: 'entry-1', kind: 'semantic', removed: 1 };
    await relay('bad-hit', 'entry-1', '--comment', 'the other way round');
    expect(asked[0]?.body).toEqual({ comment: 'the other way round' });
    expect(out).toBe('1\n');
    await expect(relay('bad-hit', 'gone')).rejects.toThrow('nothing at POST /api/cache/entries/gone/bad-hit');
  });

  describe('warm', () => {
    const lines = (count: number): string => Array.from({ length: count }, (_, n) => `{"n":${n}}\n`).join('');
    const pieces = (): unknown[][] =>
      asked
        .filter(({ route }) => route === 'POST /api/cache/warm')
        .map(({ body }) => (body as { source: { requests: unknown[] } }).source.requests);

    it('sends a file in pieces, each when the one before has ended, and tells how far it is', async () => {
      replies['POST /api/cache/warm'] = WARMING;
      replies['GET /api/cache/warm/w-1'] = DONE;
      await relay('warm', '--tenant', 'acme', '--file', write('requests.jsonl', `\n${lines(1_200)}`), '--max-usd', '1');
      expect(pieces().map((piece) => piece.length)).toEqual([1_000, 200]);
      expect(asked.map(({ body }) => (body as { maxUsd?: number } | undefined)?.maxUsd)).toEqual([
        ...[1, undefined, 0.75, undefined],
      ]);
      expect(JSON.parse(out)).toEqual({ status: 'done', total: 4, asked: 4, cached: 2, failed: 0, costUsd: '0.5' });
      expect(said).toContain('piece 2 of 2: done, 2 of 2 asked, 1 were there, 0 failed, 0.25 USD');
    });

    it('sends no more than the relay takes at once', async () => {
      replies['POST /api/cache/warm'] = DONE;
      const long = JSON.stringify({ text: 'x'.repeat(400_000) });
      await relay('warm', '--tenant', 'acme', '--file', write('long.jsonl', `${long}\n${long}\n${long}\n`));
      expect(pieces().map((piece) => piece.length)).toEqual([2, 1]);
    });

    it('asks for what was asked most, and stops when the money is spent or a piece fails', async () => {
      replies['POST /api/cache/warm'] = { ...DONE, status: 'failed', reason: 'the provider is away' };
      await expect(relay('warm', '--tenant', 'acme', '--days', '7')).rejects.toThrow(
        'w-1 is failed: the provider is away',
      );
      expect(asked[0]?.body).toEqual({ tenant: 'acme', source: { traces: { days: 7, top: 100 } } });
      replies['POST /api/cache/warm'] = DONE;
      asked = [];
      await relay('warm', '--tenant', 'acme', '--file', write('r.jsonl', lines(2_500)), '--max-usd', '0.25');
      expect(pieces()).toHaveLength(1);
    });

    it('asks with the tags that it is given', async () => {
      replies['POST /api/cache/warm'] = DONE;
      await relay('warm', '--tenant', 'acme', '--days', '7', '--tag', 'faq, eu');
      expect(asked[0]?.body).toMatchObject({ tags: ['faq', 'eu'] });
    });

    it('tells which lines failed and why, and fails itself when all of them did', async () => {
      const errors = [
        { request: 1, code: 'model_not_found', message: 'no model "x"' },
        { request: 3, code: 'not_kept', message: 'the answer was not kept' },
      ];
      replies['POST /api/cache/warm'] = { ...DONE, total: 3, asked: 3, failed: 2, errors };
      const file = write('r.jsonl', `\n${lines(2)}\n${lines(1)}`);
      await relay('warm', '--tenant', 'acme', '--file', file);
      expect(said.split('\n').slice(-3)).toEqual([
        `relay: ${file}:2: model_not_found: no model "x"`,
        `relay: ${file}:5: not_kept: the answer was not kept`,
        '',
      ]);
      replies['POST /api/cache/warm'] = { ...DONE, asked: 2, cached: 0, failed: 2, errors: errors.slice(0, 1) };
      await expect(relay('warm', '--tenant', 'acme', '--days', '7')).rejects.toThrow('all 2 requests failed');
      expect(said).toContain('request 1: model_not_found');
      expect(JSON.parse(out.slice(out.lastIndexOf('{')))).toMatchObject({ status: 'done', failed: 2 });
    });

    it.each([
      ['a line that is no JSON', '{"a":1}\nnonsense\n', 'file.jsonl:2: no JSON'],
      ['a line that is no object', '[1]\n', 'file.jsonl:1: no request'],
      ['nothing', '\n', 'holds no request'],
      ['a line that is too long', JSON.stringify({ text: 'x'.repeat(1_000_000) }), 'more than 900000 bytes'],
    ])('refuses a file with %s before anything is asked', async (_what, text, message) => {
      await expect(relay('warm', '--tenant', 'acme', '--file', write('file.jsonl', text))).rejects.toThrow(message);
      expect(asked).toEqual([]);
    });

    it('wants either a file or a number of days', async () => {
      await expect(relay('warm', '--tenant', 'acme')).rejects.toMatchObject({ exitCode: 2 });
      await expect(relay('warm', '--tenant', 'acme', '--days', '0')).rejects.toThrow('from 1 to 90');
    });
  });
});
