import { systemClock } from '@relay/core';
import { saySkipped } from '@relay/testing';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import type { ChangeBus } from './change-bus.port';
import type { IdentityChange } from './identity-change';
import { PostgresChangeBus } from './postgres-change-bus';
import { RedisChangeBus } from './redis-change-bus';

const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
if (!databaseUrl) saySkipped('changes over PostgreSQL, because TEST_DATABASE_URL is not set');
if (!redisUrl) saySkipped('changes over Redis, because TEST_REDIS_URL is not set');

const REDIS_DB = 4;

/** Buses of two processes, and how the network between the first and its server breaks. */
interface Wire {
  readonly here: ChangeBus;
  readonly elsewhere: ChangeBus;
  breakHere(): Promise<void>;
  say(text: string): Promise<void>;
  close(): Promise<void>;
}

/** What a listener heard, in the order it came. */
class Heard {
  private readonly events: (IdentityChange | 'missed')[] = [];
  private wake = (): void => undefined;

  readonly changed = (change: IdentityChange): void => this.note(change);
  readonly missed = (): void => this.note('missed');

  async next(): Promise<IdentityChange | 'missed'> {
    while (this.events.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    return this.events.shift() ?? 'missed';
  }

  private note(event: IdentityChange | 'missed'): void {
    this.events.push(event);
    this.wake();
  }
}

async function postgresWire(url: string): Promise<Wire> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const dataSource = {
    query: (text: string, values: unknown[]) => client.query(text, values),
  } as unknown as DataSource;
  const named = new URL(url);
  named.searchParams.set('application_name', `relay-change-bus-${process.pid}`);
  const here = new PostgresChangeBus(dataSource, named.href, systemClock);
  const breakHere = async (): Promise<void> => {
    const sql = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1';
    await client.query(sql, [named.searchParams.get('application_name')]);
  };
  const say = async (text: string): Promise<void> => {
    await client.query(`SELECT pg_notify('relay_identity', $1)`, [text]);
  };
  const elsewhere = new PostgresChangeBus(dataSource, url, systemClock);
  return { here, elsewhere, breakHere, say, close: () => client.end() };
}

async function redisWire(url: string): Promise<Wire> {
  const [redis, subscriber] = [new Redis(`${url}/${REDIS_DB}`), new Redis(`${url}/${REDIS_DB}`)];
  const id = await subscriber.client('ID');
  const namespace = `test-${process.pid}`;
  const here = new RedisChangeBus(redis, subscriber, namespace);
  const breakHere = async (): Promise<void> => void (await redis.client('KILL', 'ID', id));
  const say = async (text: string): Promise<void> =>
    void (await redis.publish(`${namespace}:identity:${REDIS_DB}`, text));
  const close = async (): Promise<void> => void (await redis.quit());
  const elsewhere = new RedisChangeBus(redis, redis.duplicate({ lazyConnect: true }), namespace);
  return { here, elsewhere, breakHere, say, close };
}

const wires: [string, () => Promise<Wire>][] = [];
if (databaseUrl) wires.push(['PostgreSQL', () => postgresWire(databaseUrl)]);
if (redisUrl) wires.push(['Redis', () => redisWire(redisUrl)]);
if (wires.length === 0) wires.push(['nothing', () => Promise.reject(new Error('skipped'))]);

(databaseUrl || redisUrl ? describe : describe.skip).each(wires)('changes over %s', (_name, open) => {
  let wire: Wire;
  let heard: Heard;
  beforeEach(async () => {
    wire = await open();
    heard = new Heard();
    await wire.here.follow(heard);
    expect(await heard.next()).toBe('missed'); // whatever was remembered before it listened
  });
  afterEach(async () => {
    await wire.here.close();
    await wire.elsewhere.close();
    await wire.close();
  });

  it('reach other processes in the order they were made', async () => {
    const changes = ['key', 'tenant', 'user'].map((kind, i) => ({ kind, id: `it's "${i}"` }) as IdentityChange);
    for (const change of changes) await wire.elsewhere.publish(change);
    expect([await heard.next(), await heard.next(), await heard.next()]).toEqual(changes);
  });

  it('count as missed when the connection has broken, and are heard again after it', async () => {
    await wire.breakHere();
    expect(await heard.next()).toBe('missed');
    await wire.elsewhere.publish({ kind: 'key', id: 'after' });
    expect(await heard.next()).toEqual({ kind: 'key', id: 'after' });
  });

  it('that nobody understands count as changes of anything', async () => {
    for (const text of ['{', '{"kind":"planet","id":"x"}', '[]']) {
      await wire.say(text);
      expect(await heard.next()).toBe('missed');
    }
  });
});
