import { Logger } from '@nestjs/common';
import { FakeClock, saySkipped } from '@relay/testing';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { until } from '../../test/flights/until';
import { OLD_MARK_MS } from '../domain/condense-marks';
import type { Mark } from '../domain/mark';
import { MarkSet } from '../domain/mark-set';
import { TAKE_EPOCH } from './marks.lua';
import { SharedMarks } from './shared-marks';

const redisUrl = process.env['TEST_REDIS_URL'] ?? '';
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('the marks in Redis, because TEST_REDIS_URL is not set');

const CHECK_EVERY_MS = 5_000;

describeRedis('the marks in Redis', () => {
  const redis = new Redis(redisUrl, { lazyConnect: true });
  const namespace = `relay-test-${randomUUID()}`;
  const key = `${namespace}:cache:marks`;
  const take = (labels: string | string[], known: number): Promise<unknown> => {
    const [most, left] = [10, 7];
    const text = JSON.stringify([labels].flat());
    return redis.eval(TAKE_EPOCH, 1, key, text, known, `${namespace}:channel`, most, left, OLD_MARK_MS);
  };

  beforeAll(async () => {
    await redis.ping();
  });
  afterEach(async () => {
    await redis.del(key);
  });
  afterAll(() => {
    redis.disconnect();
  });

  it('have epochs that only grow, also when Redis lost its data or has a clock that is behind', async () => {
    const first = Number(await take('tag:a', 0));
    const second = Number(await take('tag:b', 0));
    expect(second).toBeGreaterThan(first);
    await redis.del(key);
    const known = second + 1_000_000_000;
    expect(Number(await take('tag:c', known))).toBe(known + 1);
    expect(Number(await take('tag:d', 0))).toBe(known + 2);
    expect(Number(await take('tag:e', known + 10.25))).toBe(known + 11);
  });

  it('are bounded: the older half becomes one on everything, at the newest epoch among them', async () => {
    const epochs = new Map<string, number>();
    for (let i = 0; i < 11; i++) epochs.set(`tag:${i}`, Number(await take(`tag:${i}`, 0)));
    const { epoch, '[]': everything, ...others } = await redis.hgetall(key);
    expect(Object.keys(others).sort()).toEqual([5, 6, 7, 8, 9, 10].map((i) => `["tag:${i}"]`).sort());
    expect(Number(everything)).toBe(epochs.get('tag:4'));
    expect(Number(epoch)).toBe(epochs.get('tag:10'));
    for (let i = 11; i < 100; i++) await take(`tag:${i}`, 0);
    expect(await redis.hlen(key)).toBeLessThanOrEqual(11);
  });

  it('of a tenant that makes many are merged into one on all of its answers, those of others stay', async () => {
    const others = [['model:a'], ['owner:g:x', 'tag:x'], ['tag:x', 'tenant:quiet']];
    for (const labels of others) await take(labels, 0);
    const epochs: number[] = [];
    for (let i = 0; i < 8; i++) epochs.push(Number(await take([`key:${i}`, 'tenant:loud/1'], 0)));
    const { epoch, ...marks } = await redis.hgetall(key);
    const { marks: read } = await readAll();
    expect(Object.keys(marks)).toHaveLength(7);
    expect(read).toHaveLength(7);
    for (const labels of others) expect(read).toContainEqual({ labels, epoch: expect.any(Number) as number });
    expect(read).toContainEqual({ labels: ['tenant:loud/1'], epoch: epochs[4] });
    expect(Number(epoch)).toBe(epochs[7]);
  });

  it('of long ago are merged first: what is older is void', async () => {
    await take('tag:a', 0);
    for (let i = 0; i < 9; i++) await redis.hset(key, `["tenant:${i}"]`, `${i + 1}`);
    await take('tag:b', 0);
    expect(Object.keys(await redis.hgetall(key)).sort()).toEqual(['["tag:a"]', '["tag:b"]', '[]', 'epoch']);
    expect(await redis.hget(key, '[]')).toBe('9');
  });

  async function readAll(): Promise<{ readonly marks: readonly Mark[]; readonly current: boolean }> {
    const marks: Mark[] = [];
    const known = { add: (mark: Mark) => void marks.push(mark), all: () => marks };
    const shared = new SharedMarks(redis, new Redis(redisUrl), new FakeClock(), known, namespace);
    await shared.start();
    const { current } = shared;
    shared.close();
    return { marks, current };
  }

  /** As a process knows them. */
  function processOf(clock = new FakeClock()) {
    const marks = new MarkSet();
    return { marks, clock, shared: new SharedMarks(redis, new Redis(redisUrl), clock, marks, namespace) };
  }

  it('that Redis has lost are there again within five seconds, and told to who never heard of them', async () => {
    const [one, two] = [processOf(), processOf()];
    await one.shared.start();
    const labels = ['key:a', 'tenant:acme'];
    const epoch = await one.shared.take(labels, 0);
    one.marks.add({ labels, epoch });
    await redis.del(key);
    await two.shared.start();
    expect(two.marks.epoch).toBe(0);
    one.clock.advance(CHECK_EVERY_MS);
    await until(() => two.marks.covers({ labels, epoch }));
    expect(await redis.hgetall(key)).toEqual({ [JSON.stringify(labels)]: `${epoch}`, epoch: `${epoch}` });
    one.shared.close();
    two.shared.close();
  });

  it('that Redis has lost are there again when the connection is, though others were made since', async () => {
    const [one, two] = [processOf(), processOf()];
    await Promise.all([one.shared.start(), two.shared.start()]);
    one.marks.add({ labels: ['tag:old'], epoch: await one.shared.take(['tag:old'], 0) });
    one.marks.add({ labels: ['tag:cut-off'], epoch: one.marks.epoch + 2 ** -11 });
    await until(() => two.marks.epoch > 0);
    const known = two.marks.epoch;
    await redis.del(key);
    const newer = await two.shared.take(['tag:new'], known);
    redis.emit('ready');
    await until(async () => (await redis.hlen(key)) === 3);
    expect(await redis.hgetall(key)).toEqual({
      '["tag:old"]': `${known}`,
      '["tag:new"]': `${newer}`,
      epoch: `${newer}`,
    });
    one.shared.close();
    two.shared.close();
  });

  it('that make no sense are left out', async () => {
    await redis.hset(key, {
      epoch: 'x',
      'no json': '5',
      '{"a":1}': '5',
      '["tag:a"]': 'soon',
      '["tag:b"]': '7',
      '[]': '1e300',
    });
    expect(await readAll()).toEqual({ marks: [{ labels: ['tag:b'], epoch: 7 }], current: true });
    expect(Number(await take('tag:c', 0))).toBeGreaterThan(7);
  });

  it('are not known when something else lies in their place', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementationOnce(() => undefined);
    await redis.set(key, 'a text');
    expect(await readAll()).toEqual({ marks: [], current: false });
  });
});
