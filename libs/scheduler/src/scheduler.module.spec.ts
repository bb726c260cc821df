import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import { ConfigStore, ENVIRONMENT, environmentSchema } from '@relay/config';
import { QUEUES } from '@relay/contracts';
import { CLOCK, systemClock } from '@relay/core';
import { QueueFactory, QueueModule, RedisModule } from '@relay/database';
import { configOf, granted, largestLead, POOL, requestOf, serveAll, until } from '../test/scheduler-harness';
import { describeTicketLine } from '../test/ticket-line.contract';
import { BullTicketLine } from './adapters/bull-ticket-line';
import { SchedulerModule } from './scheduler.module';
import { Scheduler } from './scheduler.service';

/** Everything as in an embedded relay: one process, BullMQ over PGlite. */
describe('SchedulerModule, embedded', () => {
  let directory = '';
  let app: INestApplicationContext;
  let lines = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relay-scheduler-'));
    app = await start();
  });

  afterAll(async () => {
    await app.close();
    await rm(directory, { recursive: true, force: true });
  });

  function start() {
    const environment = environmentSchema.parse({ RELAY_DATA_DIR: directory });
    const config = new ConfigStore(configOf({ slots: 1 }), 'test.yaml');
    @Global()
    @Module({
      providers: [
        { provide: ENVIRONMENT, useValue: environment },
        { provide: ConfigStore, useValue: config },
        { provide: CLOCK, useValue: systemClock },
        // Predictions do without the database.
        { provide: getDataSourceToken(), useValue: { query: () => Promise.reject(new Error('away')) } },
      ],
      exports: [ENVIRONMENT, ConfigStore, CLOCK, getDataSourceToken()],
    })
    class SurroundingsModule {}

    @Module({ imports: [SurroundingsModule, RedisModule, QueueModule, SchedulerModule] })
    class RootModule {}
    return NestFactory.createApplicationContext(RootModule, { logger: ['error'], abortOnError: false });
  }

  it('serves 20 requests of two tenants through one slot, in turn', async () => {
    const scheduler = app.get(Scheduler);
    const { order, slots } = await serveAll(scheduler, ['a', 'b'], 10);
    expect(largestLead(order, 'a', 'b')).toBeLessThanOrEqual(2);
    expect(slots.filter((slot) => slot.queue === 'short' && slot.queuedMs > 0)).toHaveLength(19);
    await until(() => scheduler.snapshot()[0]!.inUse === 0);
    expect(scheduler.snapshot()).toMatchObject([
      { id: POOL, limit: 1, inUse: 0, waiting: { short: 0, long: 0 }, tenants: [] },
    ]);
  });

  it('shows in the tables of the queue library what waits for longer, and nothing that waits no more', async () => {
    const scheduler = app.get(Scheduler);
    const slot = granted(await scheduler.admit(requestOf('a')));
    const waiting = scheduler.admit(requestOf('a'));
    const queue = app.get(QueueFactory).queue(QUEUES.inferenceShort, { prefix: `{relay:${POOL}}` });
    await until(async () => (await queue.getJobCountByTypes('prioritized')) === 1);
    expect((await queue.getPrioritized())[0]!.data).toMatchObject({ tenant: 'a', pool: POOL, class: 'short' });
    slot.release();
    granted(await waiting).release();
    await until(async () => (await queue.getJobCountByTypes('prioritized', 'active')) === 0);
  });

  describe('BullTicketLine', () =>
    describeTicketLine(
      () => new BullTicketLine(app.get(QueueFactory), `{test:${lines++}}`, 'process', () => performance.now()),
    ));
});
