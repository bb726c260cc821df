import { Client } from 'pg';

const DEFAULT_NAME = 'relay_bench';

export interface ScratchDatabase {
  readonly url: string;
  readonly version: string;
  drop(): Promise<void>;
}

async function asAdmin<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const drop = (url: string, name: string): Promise<void> =>
  asAdmin(url, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)));

/** An empty database beside the one that `url` names, on the same server; what an earlier run left of it goes first. */
export async function createScratchDatabase(url: string, name = DEFAULT_NAME): Promise<ScratchDatabase> {
  await drop(url, name);
  const version = await asAdmin(url, async (client) => {
    await client.query(`CREATE DATABASE ${name}`);
    const reply = await client.query<{ server_version: string }>('SHOW server_version');
    return reply.rows[0]?.server_version ?? 'unknown';
  });
  const scratch = new URL(url);
  scratch.pathname = `/${name}`;
  return { url: scratch.toString(), version, drop: () => drop(url, name) };
}
