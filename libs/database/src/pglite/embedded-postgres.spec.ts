import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DataDirInUseError, DataDirLock } from './data-dir.lock';
import { EmbeddedPostgres } from './embedded-postgres';

const COMPILED = path.resolve(__dirname, '../../../../dist/libs/database/src/pglite/embedded-postgres.js');

/** Inserts rows one by one and tells its parent of each that the database has confirmed. */
const INSERTER = `
  const { EmbeddedPostgres } = require(${JSON.stringify(COMPILED)});
  (async () => {
    const { pool } = new EmbeddedPostgres(process.argv[2]);
    await pool.query('CREATE TABLE IF NOT EXISTS kept (n int PRIMARY KEY, filler text)');
    for (let n = 0; ; n++) {
      await pool.query("INSERT INTO kept VALUES ($1, repeat('x', 500))", [n]);
      process.send(n);
    }
  })();
`;

describe('the embedded database', () => {
  const template = mkdtempSync(path.join(tmpdir(), 'relay-template-'));
  let dataDir: string;
  const open: EmbeddedPostgres[] = [];

  /** An empty database that was made once: making one takes seconds. */
  function fromTemplate(): void {
    cpSync(path.join(template, 'pgdata'), path.join(dataDir, 'pgdata'), { recursive: true });
  }

  beforeAll(async () => {
    const database = new EmbeddedPostgres(template);
    await database.ready;
    await database.close();
  }, 60_000);
  afterAll(() => rmSync(template, { recursive: true, force: true }));

  function start(): EmbeddedPostgres {
    const database = new EmbeddedPostgres(dataDir);
    open.push(database);
    return database;
  }

  beforeEach(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'relay-embedded-'));
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((database) => database.close()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function killAfter(confirmed: number): Promise<number> {
    const script = path.join(dataDir, 'inserter.js');
    writeFileSync(script, INSERTER);
    const child: ChildProcess = fork(script, [dataDir]);
    let last = -1;
    child.on('message', (n: number) => {
      last = n;
      if (n === confirmed) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    return last;
  }

  it('has every confirmed row after kill -9 in the middle of inserts, and can be written again', async () => {
    fromTemplate();
    const last = await killAfter(300);
    expect(last).toBeGreaterThanOrEqual(300);
    const { pool } = start(); // takes over the dead process's lock
    const { rows } = await pool.query<{ n: number; max: number }>('SELECT count(*)::int AS n, max(n) AS max FROM kept');
    // The one insert whose confirmation was on its way may be there too; there are no gaps.
    expect(rows[0]?.n).toBe((rows[0]?.max ?? 0) + 1);
    expect(rows[0]?.n).toBeGreaterThanOrEqual(last + 1);
    await expect(pool.query('INSERT INTO kept VALUES (-1)')).resolves.toMatchObject({ rowCount: 1 });
  }, 60_000);

  it('is not opened twice: the second relay is told who has it and what to do', async () => {
    fromTemplate();
    const first = start();
    expect(() => new EmbeddedPostgres(dataDir)).toThrow(DataDirInUseError);
    expect(() => new EmbeddedPostgres(dataDir)).toThrow(new RegExp(`pid ${process.pid} .*RELAY_DATA_DIR`));
    await first.ready;
    await first.close();
    expect(existsSync(path.join(dataDir, 'relay.lock'))).toBe(false);
  }, 60_000);

  it('is made anew when the process died while making it', async () => {
    const folder = path.join(dataDir, 'pgdata');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'PG_VERSION'), '18\n'); // enough to look like a database
    writeFileSync(`${folder}.creating`, '');
    const { pool } = start();
    await expect(pool.query('SELECT 1 AS one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
    expect(existsSync(`${folder}.creating`)).toBe(false);
  }, 60_000);

  it('says what is wrong when its data cannot be read', async () => {
    const folder = path.join(dataDir, 'pgdata');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'PG_VERSION'), 'not a database\n');
    const database = start();
    await expect(database.ready).rejects.toThrow(/embedded database stopped/);
    await expect(database.pool.query('SELECT 1')).rejects.toThrow(/embedded database stopped/);
  }, 60_000);

  it('leaves nothing of a connection that broke off to the next one', async () => {
    fromTemplate();
    const { pool } = start();
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('CREATE TABLE unfinished (n int)');
    await client.query(`SET application_name = 'left over'`);
    client.release(true);
    const { rows } = await pool.query(
      `SELECT to_regclass('unfinished') AS t, current_setting('application_name') AS name`,
    );
    expect(rows).toEqual([{ t: null, name: expect.not.stringContaining('left over') as string }]);
  }, 60_000);

  it('goes on after its thread died: what was under way fails, what comes after finds what was committed', async () => {
    fromTemplate();
    const database = start();
    const { pool } = database;
    await pool.query('CREATE TABLE kept (n int)');
    await pool.query('INSERT INTO kept VALUES (1)');
    const lost = new Promise((resolve) => database.onSessionLost(resolve));
    const underWay = pool.query('SELECT count(*) FROM generate_series(1, 50000000)');
    await Promise.all([expect(underWay).rejects.toThrow(/embedded database stopped/), database['worker']?.terminate()]);
    await lost;
    await expect(pool.query('SELECT n FROM kept')).resolves.toMatchObject({ rows: [{ n: 1 }] });
  }, 60_000);

  it('delivers a notification to whoever listens', async () => {
    fromTemplate();
    const database = start();
    const heard = new Promise((resolve) =>
      database.onNotification(({ channel, payload }) => resolve({ channel, payload })),
    );
    await database.pool.query('LISTEN news');
    await database.pool.query(`SELECT pg_notify('news', 'hello')`);
    expect(await heard).toEqual({ channel: 'news', payload: 'hello' });
  }, 60_000);

  it('stops when the last of its users has given it back, not before', async () => {
    fromTemplate();
    const database = start();
    const [one, other] = [database.borrow(), database.borrow()];
    await one.end();
    await one.end(); // again: counts once
    await expect(other.query('SELECT 1 AS one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
    await other.end();
    await expect(database.ready).rejects.toThrow(/closed/);
    expect(existsSync(path.join(dataDir, 'relay.lock'))).toBe(false);
  }, 60_000);
});

describe('the lock of a data folder', () => {
  let dataDir: string;
  const file = (): string => path.join(dataDir, 'relay.lock');

  beforeEach(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'relay-lock-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const leave = (change: Record<string, unknown>): void => {
    DataDirLock.acquire(dataDir);
    const holder = JSON.parse(readFileSync(file(), 'utf8')) as Record<string, unknown>;
    writeFileSync(file(), JSON.stringify({ ...holder, ...change, token: 'another' }));
  };

  it('is taken over from a process that is gone', () => {
    leave({ pid: 2 ** 22 + 1 }); // above the highest pid of Linux
    expect(() => DataDirLock.acquire(dataDir).release()).not.toThrow();
  });

  it('is taken over when the pid was given to another process since', () => {
    leave({ started: '1' });
    expect(() => DataDirLock.acquire(dataDir).release()).not.toThrow();
  });

  it('is taken over when its writer died before it wrote', () => {
    writeFileSync(file(), '');
    expect(() => DataDirLock.acquire(dataDir).release()).not.toThrow();
  });

  it.each([
    ['another host', { host: 'elsewhere' }],
    ['another container, whose processes cannot be seen,', { pidNamespace: 'pid:[1]', pid: 2 ** 22 + 1 }],
  ])('of %s counts while it is being touched, and no longer', (_, holder) => {
    leave(holder);
    expect(() => DataDirLock.acquire(dataDir)).toThrow(/in use by another relay .* its claim ends 15 s after/);
    jest.useFakeTimers({ now: Date.now() + 60_000 });
    try {
      expect(() => DataDirLock.acquire(dataDir).release()).not.toThrow();
    } finally {
      jest.useRealTimers();
    }
  });

  it('makes the folder its owner’s alone, also one that others could read', () => {
    chmodSync(dataDir, 0o755);
    DataDirLock.acquire(dataDir).release();
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    const fresh = path.join(dataDir, 'fresh');
    DataDirLock.acquire(fresh).release();
    expect(statSync(fresh).mode & 0o777).toBe(0o700);
  });

  it('that was taken over is left alone by its former holder', () => {
    const former = DataDirLock.acquire(dataDir);
    writeFileSync(file(), JSON.stringify({ pid: process.pid, host: 'h', started: null, token: 'of the new holder' }));
    former.release();
    expect(existsSync(file())).toBe(true);
  });
});
