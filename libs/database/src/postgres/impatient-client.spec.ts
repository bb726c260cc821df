import { saySkipped } from '@relay/testing';
import { Pool } from 'pg';
import { ImpatientClient } from './impatient-client';

const serverUrl = process.env.TEST_DATABASE_URL;
const describePostgres = serverUrl ? describe : describe.skip;
if (!serverUrl) saySkipped('clients that give up, because TEST_DATABASE_URL is not set');

describePostgres('a client whose query is not answered in time', () => {
  it('closes, so that its pool goes on with another connection', async () => {
    const pool = new Pool({ connectionString: serverUrl, Client: ImpatientClient, max: 1, query_timeout: 100 });
    const client = await pool.connect();
    client.on('error', () => undefined);
    await expect(client.query('SELECT pg_sleep(20)')).rejects.toThrow('Query read timeout');
    client.release();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });
});
