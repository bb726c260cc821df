import { randomUUID } from 'node:crypto';
import { environmentSchema } from '@relay/config';
import { FakeClock, saySkipped } from '@relay/testing';
import { Redis } from 'ioredis';
import type { KeptReply } from './once-entry';
import { OnceBook, type OnceClaim } from './once-book.service';

const redisUrl = process.env['TEST_REDIS_URL'] ?? '';
if (!redisUrl) saySkipped('idempotency keys through an outage, because TEST_REDIS_URL is not set');

const REPLY: KeptReply = {
  ...{ traceId: 't', model: 'm', provider: 'p', status: 200, contentType: 'application/json' },
  body: Buffer.from('{}'),
};

(redisUrl ? describe : describe.skip)('what was asked under an idempotency key', () => {
  let redis: Redis;
  let clock: FakeClock;
  let id: string;
  beforeAll(() => {
    redis = new Redis(redisUrl);
  });
  beforeEach(() => {
    clock = new FakeClock();
    id = randomUUID();
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => redis.quit());

  const bookOf = (environment: Record<string, string> = {}): OnceBook =>
    new OnceBook(clock, environmentSchema.parse(environment), redis);
  const claim = (book: OnceBook): Promise<OnceClaim> => book.claim('acme', id, 'question');
  const settle = async (claimed: OnceClaim, reply: KeptReply | null): Promise<void> => {
    if (claimed.kind !== 'mine') throw new Error(`it is ${claimed.kind}`);
    await claimed.settle(reply);
  };
  /** Redis does not answer the next claim; `arrives`: but it does what it was told. */
  const missAnswer = (arrives: boolean): void => {
    const set = redis.set.bind(redis);
    jest.spyOn(redis, 'set').mockImplementationOnce(async (...command: unknown[]) => {
      if (arrives) await (set as (...all: unknown[]) => Promise<unknown>)(...command);
      throw new Error('no answer');
    });
  };

  it.each([true, false])(
    'is known when Redis is back that did not answer the claim (which arrived: %s)',
    async (arrives) => {
      const book = bookOf();
      missAnswer(arrives);
      const first = await claim(book);
      expect(await claim(book)).toEqual({ kind: 'running' });
      await settle(first, REPLY);
      expect(await claim(book)).toEqual({ kind: 'kept', reply: REPLY });
    },
  );

  it('is known to other processes too where the claim arrived', async () => {
    missAnswer(true);
    await settle(await claim(bookOf()), REPLY);
    expect(await claim(bookOf())).toEqual({ kind: 'kept', reply: REPLY });
  });

  it('may be asked again where it came to nothing', async () => {
    missAnswer(true);
    await settle(await claim(bookOf()), null);
    expect(await claim(bookOf())).toMatchObject({ kind: 'mine' });
  });

  it('is not taken for another question where it cannot be read', async () => {
    await settle(await claim(bookOf()), REPLY);
    const sealed = bookOf({ RELAY_ENCRYPTION_KEY: 'k'.repeat(32) });
    expect(await claim(sealed)).toEqual({ kind: 'unreadable' });
  });
});
