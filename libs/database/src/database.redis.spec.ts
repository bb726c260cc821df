import { saySkipped } from '@relay/testing';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { INestApplicationContext } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { queueContract } from './queues/queue.contract';
import { RedisConnections } from './redis/redis-connections.service';
import { RedisHealth } from './redis/redis.health';
import { REDIS } from './redis/redis.tokens';
import { TurnRedis } from './redis/turn-redis';
import { scratchFolder, startStores, type Scratch } from './testing/scratch';

const redisUrl = process.env.TEST_REDIS_URL ?? '';
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('stores on Redis, because TEST_REDIS_URL is not set');

describeRedis('on Redis queues', () => {
  queueContract('redis', () => scratchFolder({ REDIS_URL: redisUrl }));
});

/** A cable to Redis that can be pulled out and plugged in again. */
class Cable {
  private readonly sockets = new Set<Socket>();
  private server: Server | null = null;
  private port = 0;

  async plugIn(): Promise<string> {
    const { hostname, port } = new URL(redisUrl);
    this.server = createServer((near) => {
      const far = connect(Number(port || 6379), hostname);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return `redis://127.0.0.1:${this.port}`;
  }

  async pullOut(): Promise<void> {
    const closed = this.server && once(this.server, 'close');
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

describeRedis('when Redis goes away', () => {
  const cable = new Cable();
  let scratch: Scratch;
  let app: INestApplicationContext;
  let redis: Redis;

  beforeAll(async () => {
    scratch = await scratchFolder({ REDIS_URL: await cable.plugIn() });
    app = await startStores(scratch.environment);
    redis = app.get<Redis>(REDIS);
  }, 60_000);

  afterAll(async () => {
    await app?.close();
    await cable.pullOut();
    await scratch?.remove();
  });

  it('commands fail at once, health says so, and both work again when it is back; subscribers too', async () => {
    const health = app.get(RedisHealth);
    const counts = await app.get(RedisConnections).connectToCount();
    for (const client of [redis, counts]) expect(client).toBeInstanceOf(TurnRedis);
    const channel = `relay-test:${process.pid}`;
    const subscriber = app.get(RedisConnections).createSubscriber();
    await subscriber?.subscribe(channel);
    await expect(health.ping()).resolves.toBeUndefined();

    const gone = once(redis, 'close');
    await cable.pullOut();
    await gone;
    await expect(redis.get('anything')).rejects.toThrow();
    await expect(health.ping()).rejects.toThrow();

    const back = Promise.all([once(redis, 'ready'), subscriber && once(subscriber, 'ready')]);
    await cable.plugIn();
    await back;
    await expect(health.ping()).resolves.toBeUndefined();
    const received = subscriber && once(subscriber, 'message');
    await subscriber?.ping(); // it has subscribed again before it answers
    await redis.publish(channel, 'hello');
    expect(await received).toEqual([channel, 'hello']);
  });
});

describe('without REDIS_URL', () => {
  it('there is no client, no subscriber, and nothing to be ill', async () => {
    const connections = new RedisConnections({ REDIS_URL: undefined });
    expect(await connections.connect()).toBeNull();
    expect(connections.createSubscriber()).toBeNull();
    expect(connections.createPublisher()).toBeNull();
    await expect(new RedisHealth(null).ping()).resolves.toBeUndefined();
  });
});
