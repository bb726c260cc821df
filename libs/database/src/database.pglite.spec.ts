import { databaseContract } from './database.contract';
import { queueContract } from './queues/queue.contract';
import { scratchFolder } from './testing/scratch';

describe('embedded, the database', () => {
  databaseContract(scratchFolder);
});

describe('embedded, queues', () => {
  queueContract('postgres', scratchFolder);
});
