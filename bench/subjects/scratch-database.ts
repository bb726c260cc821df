import { Client } from 'pg';

const NAME = 'relay_bench';

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

const drop = (url: string): Promise<void> =>
  asAdmin(url, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`)));

/** An empty database beside the one that `url` names, on the same server; what an earlier run left of it goes first. */
export async function createScratchDatabase(url: string): Promise<ScratchDatabase> {
  await drop(url);
  const version = await asAdmin(url, async (client) => {
    await client.query(`CREATE DATABASE ${NAME}`);
    const reply = await client.query<{ server_version: string }>('SHOW server_version');
    return reply.rows[0]?.server_version ?? 'unknown';
  });
  const scratch = new URL(url);
  scratch.pathname = `/${NAME}`;
  return { url: scratch.toString(), version, drop: () => drop(url) };
}
