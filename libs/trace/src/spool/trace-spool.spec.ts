import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@relay/testing';
import {
  claimOwner,
  FOREIGN_SILENCE_MS,
  processBirth,
  releaseOwner,
  segmentName,
  type SegmentOwner,
} from './segment-owner';
import { DEFAULT_SPOOL_LIMITS, type SpoolBatch, TraceSpool } from './trace-spool';

const line = (n: number, size = 0) => `{"n":${n},"x":"${'x'.repeat(size)}"}\n`;
const numbers = (batch: SpoolBatch | null): number[] => {
  if (batch === null) return [];
  const rows = JSON.parse(batch.lines.jsonArray(0, batch.lines.count).toString()) as { n: number }[];
  return rows.map((row) => row.n);
};

describe('the spool', () => {
  let folder: string;
  let directory: string;
  let clock: FakeClock;
  let spool: TraceSpool;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'relay-spool-'));
    directory = join(folder, 'spool');
    clock = new FakeClock(Date.now());
    spool = new TraceSpool(directory, clock);
  });
  afterEach(() => {
    spool.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const files = () => (existsSync(directory) ? readdirSync(directory).sort() : []);
  const withLimits = (limits: Partial<typeof DEFAULT_SPOOL_LIMITS>) =>
    (spool = new TraceSpool(directory, clock, { ...DEFAULT_SPOOL_LIMITS, ...limits }));
  /** Reads and acknowledges everything. */
  const drain = async (): Promise<number[]> => {
    const all: number[] = [];
    for (let batch = await spool.next(); batch !== null; batch = await spool.next()) {
      all.push(...numbers(batch));
      spool.acknowledge(batch);
    }
    return all;
  };

  it('has a line on disk when append returns', () => {
    spool.append(line(1));
    const [file = ''] = files();
    expect(readFileSync(join(directory, file), 'utf8')).toBe(line(1));
  });

  it('has all lines on disk when appendAll returns, and gives them back one by one', async () => {
    expect(spool.appendAll([line(1), line(2, 9), line(3)])).toEqual([{ kind: 'spooled' }]);
    const [file = ''] = files();
    expect(readFileSync(join(directory, file), 'utf8')).toBe(line(1) + line(2, 9) + line(3));
    expect(spool.appended).toBe(3);
    expect(await drain()).toEqual([1, 2, 3]);
    expect(spool.settled).toBe(3);
  });

  it('takes as many of several lines as there is room for, and says which not', async () => {
    withLimits({ maxBytes: line(1).length * 2 });
    expect(spool.appendAll([line(1), line(2), line(3)]).map(({ kind }) => kind)).toEqual([
      'spooled',
      'spooled',
      'dropped',
    ]);
    expect(await drain()).toEqual([1, 2]);
  });

  it('holds several lines in memory while the disk refuses', async () => {
    writeFileSync(directory, ''); // a file where the folder should be
    expect(spool.appendAll([line(1), line(2)]).map(({ kind }) => kind)).toEqual(['memory', 'memory']);
    rmSync(directory);
    expect(await drain()).toEqual([1, 2]);
  });

  it('gives lines back in order and again until they are acknowledged', async () => {
    for (const n of [1, 2, 3]) spool.append(line(n));
    expect(numbers(await spool.next())).toEqual([1, 2, 3]);
    expect(await drain()).toEqual([1, 2, 3]);
    expect(await spool.next()).toBeNull();
  });

  it('deletes a segment once all its lines are stored, and only then', async () => {
    withLimits({ segmentBytes: 1 }); // a segment a line
    for (const n of [1, 2, 3]) spool.append(line(n));
    expect(files()).toHaveLength(3);
    const first = await spool.next();
    expect(files()).toHaveLength(3);
    if (first) spool.acknowledge(first);
    expect(files()).toHaveLength(2);
    expect(await drain()).toEqual([2, 3]);
    expect(files()).toEqual([]);
  });

  it('reads lines that are longer than its buffer', async () => {
    for (const size of [10, 3_000_000, 20]) spool.append(line(size, size));
    expect(await drain()).toEqual([10, 3_000_000, 20]);
  });

  it('keeps accents and emoji whole across batches', async () => {
    for (let n = 0; n < 700; n++) spool.append(`{"n":${n},"x":"é😀${'ü'.repeat(n)}"}\n`);
    expect(await drain()).toEqual(Array.from({ length: 700 }, (_, n) => n));
  });

  it('refuses what goes beyond its bound and takes lines again when there is room', async () => {
    withLimits({ maxBytes: 3 * line(1).length });
    expect([1, 2, 3, 4].map((n) => spool.append(line(n)).kind)).toEqual(['spooled', 'spooled', 'spooled', 'dropped']);
    expect(await drain()).toEqual([1, 2, 3]);
    expect(spool.append(line(5)).kind).toBe('spooled');
  });

  it('keeps lines in memory, within a bound, while the disk refuses, and returns to the disk', async () => {
    writeFileSync(directory, 'a file where the folder should be');
    withLimits({ memoryBytes: 2 * line(1).length });
    expect([1, 2, 3].map((n) => spool.append(line(n)).kind)).toEqual(['memory', 'memory', 'dropped']);
    rmSync(directory);
    clock.advance(1_000);
    expect(spool.append(line(4)).kind).toBe('spooled');
    expect((await drain()).sort()).toEqual([1, 2, 4]);
    expect(spool.pendingBytes).toBe(0);
  });

  describe('segments of others', () => {
    const host = hostname().replace(/[^A-Za-z0-9]+/g, '-');
    const self = claimOwner();
    releaseOwner(self);
    const { namespace } = self;
    const deadPid = spawnSync(process.execPath, ['-e', '']).pid;
    const leave = (owner: Partial<SegmentOwner>, text: string): string => {
      spool.append(line(0)); // makes the folder
      const name = segmentName({ host, namespace, pid: deadPid, born: 1, start: 'abc123', ...owner }, 1);
      appendFileSync(join(directory, name), text);
      return name;
    };

    it('that are dead are shipped and deleted', async () => {
      leave({}, line(7) + line(8));
      expect(spool.adoptOrphans()).toBe(1);
      expect((await drain()).sort()).toEqual([0, 7, 8]);
      expect(files()).toEqual([]);
    });

    it('lose a last line that was cut off', async () => {
      leave({}, line(7) + '{"n":8,"x":"');
      spool.adoptOrphans();
      expect((await drain()).sort()).toEqual([0, 7]);
      expect(files()).toEqual([]);
    });

    it('that live are left alone', () => {
      const name = leave({ pid: process.ppid, born: processBirth(process.ppid) }, line(7));
      expect(spool.adoptOrphans()).toBe(0);
      expect(files()).toContain(name);
    });

    // The kernel tells when a process was born on Linux only.
    (existsSync('/proc') ? it : it.skip)('whose pid now belongs to a later process are dead', () => {
      leave({ pid: process.ppid, born: 1 }, line(7));
      expect(spool.adoptOrphans()).toBe(1);
    });

    it('that were ours before a restart with the same pid are dead, those of a second spool in this process live', () => {
      leave({ pid: process.pid }, line(7));
      const second = new TraceSpool(directory, clock);
      second.append(line(9));
      expect(spool.adoptOrphans()).toBe(1);
      second.close();
      expect(spool.adoptOrphans()).toBe(1);
    });

    it.each([
      ['on another machine', { host: 'elsewhere' }],
      ['in another container of the same host name, whose processes cannot be seen', { namespace: namespace + 1 }],
    ])('%s are dead when they have been silent for long', (_, owner) => {
      const name = leave(owner, line(7));
      expect(spool.adoptOrphans()).toBe(0);
      const silentSince = (clock.now() - FOREIGN_SILENCE_MS - 1_000) / 1_000;
      utimesSync(join(directory, name), silentSince, silentSince);
      expect(spool.adoptOrphans()).toBe(1);
    });

    it('whose names do not tell their container count as those of another', () => {
      spool.append(line(0));
      const name = join(directory, `segment_${host}_${deadPid}_1_abc123_00000001.ndjson`);
      appendFileSync(name, line(7));
      const silentSince = (clock.now() - FOREIGN_SILENCE_MS - 1_000) / 1_000;
      utimesSync(name, silentSince, silentSince);
      expect(spool.adoptOrphans()).toBe(1);
    });

    it('do not hold up our own', async () => {
      for (let n = 0; n < 600; n++) leave({}, line(1_000 + n));
      for (let n = 1; n < 600; n++) spool.append(line(n));
      spool.adoptOrphans();
      const seen: number[] = [];
      for (let batch = 0; batch < 2; batch++) {
        const next = await spool.next();
        seen.push(...numbers(next));
        if (next) spool.acknowledge(next);
      }
      expect(seen.some((n) => n < 1_000) && seen.some((n) => n >= 1_000)).toBe(true);
    });
  });
});
