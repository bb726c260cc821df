import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { TestDatabase } from '@relay/testing';
import { DataSource } from 'typeorm';
import { storeBackends } from '../../../test/store-backends';
import { inOneRoundTrip } from './one-round-trip';

const setting = (name: string, value: string): string => `SELECT set_config('${name}', '${value}', true)`;

/** Passes everything on to a server, but keeps its replies from `BEGIN` until `COMMIT` was asked: who waits for the first never sees any. */
async function holdingProxy({ hostname, port }: URL): Promise<{ port: number; close: () => void }> {
  const server = createServer((client) => {
    const upstream = connect(Number(port || 5432), hostname);
    client.on('data', (bytes) => {
      if (bytes.includes('BEGIN')) upstream.pause();
      if (bytes.includes('COMMIT')) upstream.resume();
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => client.write(bytes));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      socket.on('error', () => undefined).on('close', () => other.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

describe.each(storeBackends('questions in one round trip', 'relay_one_round_trip'))(
  'one round trip to %s',
  (name, open) => {
    let database: TestDatabase;
    const ask = (settings: string, sql: string, values: unknown[] = []) =>
      inOneRoundTrip(database.dataSource, settings, sql, values);
    /** Of every connection that is free, none of which may be left with what an earlier question set. */
    const left = async (): Promise<unknown[]> => {
      const read = "SELECT current_setting('enable_sort') AS value, now() = statement_timestamp() AS alone";
      const asked = Array.from({ length: name === 'PostgreSQL' ? 10 : 1 }, () =>
        database.dataSource.query<object[]>(read),
      );
      return [...new Set((await Promise.all(asked)).flat().map((row) => JSON.stringify(row)))];
    };
    const AS_BEFORE = ['{"value":"on","alone":true}'];

    beforeAll(async () => void (database = await open()), 60_000);
    afterAll(() => database?.close());

    it('gives the rows of the question, for which the settings hold and no longer', async () => {
      const read = "SELECT current_setting('enable_sort') AS value, $1::text AS text WHERE $2 = 5";
      const nasty = String.raw`\' $1; COMMIT; --`;
      expect(await ask(setting('enable_sort', 'off'), read, [nasty, 5])).toEqual([{ value: 'off', text: nasty }]);
      expect(await ask(setting('enable_sort', 'off'), read, [nasty, 6])).toEqual([]);
      expect(await left()).toEqual(AS_BEFORE);
    });

    it('keeps the answers of many at a time apart', async () => {
      const asked = Array.from({ length: 40 }, (_, i) =>
        ask(setting('enable_sort', 'off'), 'SELECT $1::int AS i', [i]),
      );
      expect((await Promise.all(asked)).flat()).toEqual(Array.from({ length: 40 }, (_, i) => ({ i })));
    });

    it.each([
      ['a question that fails', setting('enable_sort', 'off'), 'SELECT 1 / $1::int', [0], 'division by zero'],
      ['a setting that there is not', setting('enable_nothing', 'off'), 'SELECT 1', [], 'enable_nothing'],
      ['a value that cannot be sent', setting('enable_sort', 'off'), 'SELECT $1::int', ['x'], 'invalid input syntax'],
    ])(
      'rejects with the error of %s, and leaves the connection as it was',
      async (_, settings, sql, values, message) => {
        await expect(ask(settings, sql, values)).rejects.toThrow(message);
        expect(await left()).toEqual(AS_BEFORE);
      },
    );

    const itOnAServer = name === 'PostgreSQL' ? it : it.skip; // the embedded database has no time-outs, and one connection
    itOnAServer('ends a question that takes longer than it set', async () => {
      await expect(ask(setting('statement_timeout', '20'), 'SELECT pg_sleep(60)')).rejects.toThrow('statement timeout');
      expect(await left()).toEqual(AS_BEFORE);
    });

    itOnAServer('asks all of it before the first answer is there', async () => {
      const url = new URL(process.env.TEST_DATABASE_URL ?? '');
      const proxy = await holdingProxy(url);
      url.hostname = '127.0.0.1';
      url.port = String(proxy.port);
      const throughProxy = await new DataSource({
        type: 'postgres',
        url: url.href,
        installExtensions: false,
      }).initialize();
      await expect(inOneRoundTrip(throughProxy, setting('enable_sort', 'off'), 'SELECT 1 AS one', [])).resolves.toEqual(
        [{ one: 1 }],
      );
      await throughProxy.destroy();
      proxy.close();
    });

    itOnAServer('rejects when the connection is lost, and asks the next on another', async () => {
      const end = ask(setting('enable_sort', 'off'), 'SELECT pg_terminate_backend(pg_backend_pid())');
      await expect(end).rejects.toThrow(/terminat/);
      expect(await ask(setting('enable_sort', 'off'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
  },
);
