import { saySkipped } from '@relay/testing';
import { databaseContract } from './database.contract';
import { queueContract } from './queues/queue.contract';
import { scratchDatabase } from './testing/scratch';

const serverUrl = process.env.TEST_DATABASE_URL ?? '';
const describePostgres = serverUrl ? describe : describe.skip;
if (!serverUrl) saySkipped('stores on PostgreSQL, because TEST_DATABASE_URL is not set');

describePostgres('on a PostgreSQL server the database', () => {
  databaseContract(() => scratchDatabase(serverUrl));
});

describePostgres('on a PostgreSQL server queues', () => {
  queueContract('postgres', () => scratchDatabase(serverUrl));
});
