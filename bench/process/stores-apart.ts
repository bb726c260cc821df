import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import Redis from 'ioredis';
import { Client } from 'pg';
import { PINNED, SERVER_CORE } from './cores';

export interface StoresApart {
  /** What was moved away from the server's core. */
  readonly moved: readonly string[];
  /** Lets them run where they did before. */
  stop(): Promise<void>;
}

interface Urls {
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
}

/**
 * Has PostgreSQL and Redis of this machine run on the cores that the server under test does not have, as they would on a machine of their own: on its core
 * a batch of traces or a vacuum takes turns with requests, and what is measured is that. Needs `taskset` and the right to move them (root); without it they stay where they are.
 */
export async function keepStoresApart({ databaseUrl, redisUrl }: Urls): Promise<StoresApart> {
  const found = PINNED
    ? [
        { name: 'PostgreSQL', pid: databaseUrl === undefined ? null : await postmasterOf(databaseUrl) },
        { name: 'Redis', pid: redisUrl === undefined ? null : await redisProcess(redisUrl) },
      ]
    : [];
  const moved = found.flatMap(({ name, pid }) => {
    const before = pid === null ? null : coresOf(pid);
    return pid !== null && before !== null && move(pid, OTHER_CORES) ? [{ name, pid, before }] : [];
  });
  return {
    moved: moved.map(({ name }) => name),
    stop: async () => moved.forEach(({ pid, before }) => move(pid, before)),
  };
}

const OTHER_CORES = `${SERVER_CORE + 1}-${Math.max(SERVER_CORE + 1, availableParallelism() - 1)}`;

/** Its children are the connections and the background workers. Null: on another machine. */
async function postmasterOf(databaseUrl: string): Promise<number | null> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const status = statusOf(rows[0]?.pid ?? 0);
    return status?.['Name'] === 'postgres' ? Number(status['PPid']) : null;
  } finally {
    await client.end();
  }
}

async function redisProcess(redisUrl: string): Promise<number | null> {
  const redis = new Redis(redisUrl);
  try {
    const pid = Number(/^process_id:(\d+)/m.exec(await redis.info('server'))?.[1]);
    return /^(redis|valkey)/.test(statusOf(pid)?.['Name'] ?? '') ? pid : null;
  } finally {
    redis.disconnect();
  }
}

/** With its threads and its children. False: not allowed. */
function move(pid: number, cores: string): boolean {
  const children = (read(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter((child) => child.trim() !== '');
  const [parent] = [String(pid), ...children].map(
    (each) => spawnSync('taskset', ['-a', '-c', '-p', cores, each], { stdio: 'ignore' }).status === 0,
  );
  return parent === true;
}

const coresOf = (pid: number): string | null => statusOf(pid)?.['Cpus_allowed_list'] ?? null;

function statusOf(pid: number): Record<string, string> | null {
  const text = read(`/proc/${pid}/status`);
  if (text === null) return null;
  const lines = text.split('\n').map((line) => line.split(/:\s*/));
  return Object.fromEntries(lines.map(([name = '', value = '']): [string, string] => [name, value]));
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null; // not on this machine, or not any more
  }
}
