import type { INestApplicationContext } from '@nestjs/common';
import { getQueueToken } from '@nestjs/bullmq';
import { QUEUES } from '@relay/contracts';
import type { Queue } from 'bullmq';
import { startStores, type Scratch } from '../testing/scratch';
import { moveBehindEquals } from './behind-equals';
import { QueueFactory } from './queue-factory.service';

const LOCK_MS = 30_000;
const GONE = { removeOnComplete: true, removeOnFail: true };

/** Resolves with what was collected once there are `length` of them. */
function collector<T>(length: number): { push(item: T): void; readonly all: Promise<T[]> } {
  const items: T[] = [];
  let resolve: (items: T[]) => void;
  const all = new Promise<T[]>((done) => (resolve = done));
  return {
    all,
    push: (item) => {
      items.push(item);
      if (items.length === length) resolve(items);
    },
  };
}

/** What queues do on every backend. `prefix` keeps the tests of one run apart from those of another. */
export function queueContract(backend: 'redis' | 'postgres', open: () => Promise<Scratch>): void {
  const prefix = (name: string): string => `{relay-test:${process.pid}:${name}}`;
  let scratch: Scratch;
  let app: INestApplicationContext;
  let factory: QueueFactory;
  const made: Queue[] = [];

  function queue(place: string): Queue<{ n: number }> {
    const one = factory.queue<{ n: number }>(QUEUES.inferenceShort, { prefix: prefix(place) });
    made.push(one);
    return one;
  }

  beforeAll(async () => {
    scratch = await open();
    app = await startStores(scratch.environment);
    factory = app.get(QueueFactory);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(made.map((one) => one.obliterate({ force: true })));
    await app?.close();
    await scratch?.remove();
  });

  it('run on the backend that the environment asks for', () => {
    expect(factory.backend).toBe(backend);
  });

  it('work off jobs in the order of their priority', async () => {
    const line = queue('priority');
    await line.addBulk([5, 2_097_151, 1, 3].map((n) => ({ name: 'job', data: { n }, opts: { priority: n, ...GONE } })));
    const done = collector<number>(4);
    const worker = factory.worker<{ n: number }>(
      QUEUES.inferenceShort,
      (job) => Promise.resolve(done.push(job.data.n)),
      {
        prefix: prefix('priority'),
      },
    );
    expect(await done.all).toEqual([1, 3, 5, 2_097_151]);
    await worker.close();
  });

  it('wake an idle worker for a new job, long before it would look by itself', async () => {
    const line = queue('wake');
    const done = collector<number>(1);
    const worker = factory.worker<{ n: number }>(
      QUEUES.inferenceShort,
      (job) => Promise.resolve(done.push(job.data.n)),
      {
        prefix: prefix('wake'),
        drainDelay: 3_600, // seconds
      },
    );
    await new Promise<void>((resolve) => worker.once('drained', resolve)); // it has looked, and found nothing
    await line.add('job', { n: 7 }, GONE);
    expect(await done.all).toEqual([7]);
    await worker.close();
  });

  it('of one name have nothing to do with each other when their prefixes differ', async () => {
    const [left, right] = [queue('left'), queue('right')];
    await left.add('job', { n: 1 }, GONE);
    expect(await right.getJobCounts()).toMatchObject({ waiting: 0 });
    const worker = factory.worker(QUEUES.inferenceShort, null, { prefix: prefix('right') });
    expect(await worker.getNextJob('token', { block: false })).toBeUndefined();
    expect(await left.getWaitingCount()).toBe(1);
  });

  it('hand a job to whoever fetches it by hand, who alone may finish it', async () => {
    const line = queue('manual');
    const worker = factory.worker<{ n: number }>(QUEUES.inferenceShort, null, { prefix: prefix('manual') });
    await line.add('job', { n: 1 }, { jobId: 'one', priority: 2, ...GONE });
    const job = await worker.getNextJob('mine', { block: false });
    expect(job?.data).toEqual({ n: 1 });
    expect(await job?.extendLock('mine', LOCK_MS)).toBe(1);
    expect(await job?.extendLock('yours', LOCK_MS)).toBe(0);
    await expect(job?.moveToCompleted(null, 'yours', false)).rejects.toThrow(/Lock mismatch/);
    await job?.moveToCompleted(null, 'mine', false);
    expect(await line.getJob('one')).toBeUndefined();
  });

  it('let whoever knows the token finish a job, in whatever process it was fetched', async () => {
    const line = queue('token');
    const worker = factory.worker(QUEUES.inferenceShort, null, { prefix: prefix('token') });
    await line.add('job', { n: 1 }, { jobId: 'one', priority: 1, ...GONE });
    await worker.getNextJob('mine', { block: false });
    await (await line.getJob('one'))?.moveToCompleted(null, 'mine', false);
    expect(await line.getJob('one')).toBeUndefined();
  });

  it('give out by hand beyond the concurrency of a worker, and nothing beyond that of the queue', async () => {
    const line = queue('full');
    const worker = factory.worker(QUEUES.inferenceShort, null, { prefix: prefix('full'), concurrency: 1 });
    await line.addBulk([1, 2, 3].map((n) => ({ name: 'job', data: { n }, opts: { jobId: `j-${n}`, ...GONE } })));
    const fetch = async (token: string) => (await worker.getNextJob(token, { block: false }))?.id;
    expect([await fetch('a'), await fetch('b')]).toEqual(['j-1', 'j-2']);
    await line.setGlobalConcurrency(2);
    expect(await fetch('c')).toBeUndefined();
    await line.removeGlobalConcurrency();
    expect(await fetch('c')).toBe('j-3');
  });

  it('keep equals in the order of arrival, at the end of the scale too; one that is moved among equals comes last', async () => {
    const line = queue('equals');
    const [last, next] = [2_097_151, 2_097_150];
    for (const [id, priority] of [
      ['m-1', last],
      ['m-2', last],
      ['n-1', next],
      ['m-3', last],
    ] as const) {
      await line.add('job', { n: 1 }, { jobId: id, priority, ...GONE });
    }
    await (await line.getJob('m-1'))?.changePriority({ priority: last });
    const worker = factory.worker(QUEUES.inferenceShort, null, { prefix: prefix('equals') });
    const ids: (string | undefined)[] = [];
    for (let i = 0; i < 4; i++) ids.push((await worker.getNextJob(`token-${i}`, { block: false }))?.id);
    expect(ids).toEqual(['n-1', 'm-2', 'm-3', 'm-1']);
  });

  it('give a fetched job back with its priority', async () => {
    const line = queue('back');
    const worker = factory.worker<{ n: number }>(QUEUES.inferenceShort, null, { prefix: prefix('back') });
    await line.add('job', { n: 9 }, { jobId: 'later', priority: 9, ...GONE });
    const job = await worker.getNextJob('token', { block: false });
    await line.add('job', { n: 1 }, { jobId: 'sooner', priority: 1, ...GONE });
    await job?.moveToWait('token');
    expect((await worker.getNextJob('token', { block: false }))?.id).toBe('sooner');
    expect((await worker.getNextJob('token', { block: false }))?.id).toBe('later');
  });

  it('give a fetched job back behind its equals, so that they take turns', async () => {
    const line = queue('turns');
    const worker = factory.worker<{ n: number }>(QUEUES.inferenceShort, null, { prefix: prefix('turns') });
    await line.addBulk(
      ['a', 'b', 'c'].map((jobId, n) => ({ name: 'job', data: { n }, opts: { jobId, priority: 2, ...GONE } })),
    );
    await line.add('job', { n: 9 }, { jobId: 'later', priority: 3, ...GONE });
    const ids: (string | undefined)[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const job = await worker.getNextJob(`token-${turn}`, { block: false });
      ids.push(job?.id);
      await (job && moveBehindEquals(job, `token-${turn}`, 2));
    }
    expect(ids).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('let a waiting job be removed by its id', async () => {
    const line = queue('remove');
    await line.add('job', { n: 1 }, { jobId: 'one', priority: 1, ...GONE });
    expect(await line.remove('one')).toBe(1);
    expect(await line.getJobCountByTypes('waiting', 'prioritized')).toBe(0);
  });

  it('return a job whose holder died, who cannot finish it any more', async () => {
    const line = queue('stalled');
    const worker = factory.worker<{ n: number }>(QUEUES.inferenceShort, null, {
      prefix: prefix('stalled'),
      lockDuration: 50,
      stalledInterval: 60,
      maxStalledCount: 5,
    });
    await line.add('job', { n: 1 }, { jobId: 'one', priority: 1, ...GONE });
    const job = await worker.getNextJob('dead', { block: false });
    const stalled = new Promise<string>((resolve) => worker.once('stalled', resolve));
    await worker.startStalledCheckTimer();
    expect(await stalled).toBe('one');
    expect((await worker.getNextJob('alive', { block: false }))?.id).toBe('one');
    await expect(job?.moveToCompleted(null, 'dead', false)).rejects.toThrow(/Lock mismatch/);
    expect(await line.getJobState('one')).toBe('active');
  });

  it('are forgotten by their factory once they are closed', async () => {
    const open = (): number => factory['queues'].size + factory['workers'].size;
    const before = open();
    const line = factory.queue(QUEUES.inferenceShort, { prefix: prefix('closed') });
    const worker = factory.worker(QUEUES.inferenceShort, null, { prefix: prefix('closed') });
    expect(open()).toBe(before + 2);
    await Promise.all([line.close(), worker.close()]);
    expect(open()).toBe(before);
  });

  it('all have somebody who hears their errors', () => {
    const names = [QUEUES.maintenance, QUEUES.cacheWarm, QUEUES.cacheInvalidate, QUEUES.batches, QUEUES.responses];
    const registered = names.map((name) => app.get<Queue>(getQueueToken(name)));
    for (const one of [...registered, ...made]) expect(one.listenerCount('error')).toBe(1);
  });

  it('are there for @InjectQueue', async () => {
    const maintenance = app.get<Queue>(getQueueToken(QUEUES.maintenance));
    const job = await maintenance.add('probe', {}, { delay: 86_400_000 });
    expect(await job.isDelayed()).toBe(true);
    await job.remove();
  });
}
