import { RelayError } from '@relay/core';
import { saySkipped } from '@relay/testing';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import { crashed } from '../domain/flights/landings';
import type { Arrival, Landing } from '../domain/flights/passenger';
import { MAX_ENTRY_BYTES, RelayProcess, type Boarded } from '../../test/flights/relay-process';
import { answerOf, FACTS, landedWith } from '../../test/flights/test-passenger';
import { until } from '../../test/flights/until';

const redisUrl = process.env['TEST_REDIS_URL'] ?? '';
const describeRedis = redisUrl ? describe : describe.skip;
if (!redisUrl) saySkipped('flights of several processes, because TEST_REDIS_URL is not set');

const TICK_MS = 1_000;
const SILENT_AFTER_MS = 3_000;
const JOIN_TIMEOUT_MS = 500;
const CLAIM_TIMEOUT_MS = 250;
const SECRET = '0123456789abcdef0123456789abcdef';

/** Longer than a command may wait for Redis. */
const STALL_MS = 300;

/** The event loop is blocked just after it wrote to its connections; the answers wait to be read. */
async function standStill(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MS);
}

const broken = new RelayError('upstream_error', 'broken', { retryAfterSeconds: 7 });
const errorOf = ({ landing }: Arrival): unknown => (landing.kind === 'failed' ? landing.error : landing);
const answerIn = ({ landing }: Arrival): unknown => (landing.kind === 'landed' ? landing.answer : landing.error);

const answerBody = ({ landing }: Arrival): unknown => landing.kind === 'landed' && landing.answer?.body.toString();

describeRedis('equal requests in several processes', () => {
  let observer: Redis;
  let key: string;
  let processes: RelayProcess[];
  const leaseOf = (of: string): string => `relay:flight:{${of}}`;

  beforeAll(() => (observer = new Redis(redisUrl)));
  afterAll(() => observer.quit());
  beforeEach(() => {
    key = randomBytes(32).toString('hex');
    processes = [];
  });
  afterEach(async () => {
    await Promise.all(processes.map((each) => each.stop()));
    await observer.del(leaseOf(key));
  });

  async function start(secret?: string): Promise<RelayProcess> {
    const started = await RelayProcess.start(redisUrl, secret);
    processes.push(started);
    return started;
  }

  /** Its connections close without a good-bye. */
  async function kill(process: RelayProcess): Promise<void> {
    process.kill();
    await until(async () => Number((await observer.pubsub('NUMSUB', process.channel))[1]) === 0);
  }

  /** Two processes: a passenger of the first flies, one of the second has joined it. */
  async function shared(secret?: string) {
    const [owner, follower] = [await start(secret), await start(secret)];
    const pilot = await flying(owner);
    const joined = follower.board(key);
    await until(() => follower.heard > 0);
    return { owner, follower, pilot, joined };
  }

  async function flying(process: RelayProcess, delivery: 'whole' | 'stream' = 'stream'): Promise<Boarded> {
    const boarded = process.board(key, delivery);
    await until(() => boarded.passenger.flies);
    return boarded;
  }

  /** Each hears of the other every second. */
  async function pass(seconds: number, owner: RelayProcess, follower: RelayProcess): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      const [told, answered] = [follower.heard, owner.heard];
      follower.clock.advance(TICK_MS);
      owner.clock.advance(TICK_MS);
      await until(() => follower.heard > told && owner.heard > answered);
    }
  }

  it('share one upstream call: 200 complete equal streams, late joiners included', async () => {
    const [a, b] = [await start(), await start()];
    const first = await flying(a);
    const others = Array.from({ length: 199 }, (_, i) => (i % 2 === 0 ? a : b).board(key));
    await until(() => a.flights.stats().elsewhere?.followers === 1);
    first.passenger.depart('one ', 'two ');
    await until(() => others.every(({ passenger }) => passenger.text === 'one two '));
    const late = b.board(key);
    expect(late.passenger.text).toBe('one two ');
    first.passenger.fly('three ');
    first.passenger.fly('four');
    first.passenger.land(landedWith('whole'));
    for (const { passenger, arrival } of [...others, late]) {
      expect(await arrival).toEqual({ landing: landedWith('whole'), piloted: false, live: true });
      expect(passenger.text).toBe('one two three four');
      expect(passenger.facts).toEqual(FACTS);
      expect(passenger.flies).toBe(false);
    }
    expect(await first.arrival).toMatchObject({ piloted: true });
    expect(b.flights.stats()).toMatchObject({ flying: 0, elsewhere: { followed: 1, lost: 0 } });
    await until(async () => (await observer.exists(leaseOf(key))) === 0);
  });

  it('say nothing on the way when nobody joined, and give the lease back', async () => {
    const owner = await start();
    const messages: string[] = [];
    const spy = observer.duplicate();
    await spy.psubscribe('relay:flights:*');
    spy.on('pmessageBuffer', (_pattern, _channel, bytes: Buffer) => messages.push(bytes.toString('hex')));
    const pilot = await flying(owner);
    expect(await observer.exists(leaseOf(key))).toBe(1);
    pilot.passenger.depart('one');
    pilot.passenger.land(landedWith('whole'));
    await pilot.arrival;
    await until(async () => (await observer.exists(leaseOf(key))) === 0);
    expect(messages.filter((hex) => hex.includes(key))).toEqual([]);
    spy.disconnect();
  });

  it('serve another delivery in the other process from what landed', async () => {
    const [owner, follower] = [await start(), await start()];
    const pilot = await flying(owner);
    const whole = follower.board(key, 'whole');
    await until(() => owner.flights.stats().elsewhere?.followers === 1);
    pilot.passenger.depart('one ');
    pilot.passenger.land(landedWith('the whole'));
    const arrival = await whole.arrival;
    expect(arrival).toMatchObject({ piloted: false, live: false });
    expect(answerIn(arrival)).toEqual(answerOf('the whole'));
    expect(whole.passenger.heard).toEqual([]);
  });

  it('let a stream of the other process follow a flight for a whole answer', async () => {
    const [owner, follower] = [await start(), await start()];
    const pilot = await flying(owner, 'whole');
    const stream = follower.board(key, 'stream');
    await until(() => owner.flights.stats().elsewhere?.followers === 1);
    expect(pilot.passenger.cockpits[0]?.watchedElsewhere).toBe(true);
    pilot.passenger.land(landedWith('the whole', ''));
    const arrival = await stream.arrival;
    expect(arrival).toMatchObject({ piloted: false, live: false });
    expect(answerIn(arrival)).toEqual(answerOf('the whole'));
  });

  it('hand on frames and answers that are larger than a message, whole', async () => {
    const { pilot, joined } = await shared();
    const frame = randomBytes(200_000).toString('hex');
    const body = randomBytes(300_000).toString('hex');
    pilot.passenger.depart('first ', frame, ' last');
    pilot.passenger.land(landedWith(body));
    const arrival = await joined.arrival;
    expect(joined.passenger.text).toBe(`first ${frame} last`);
    expect(joined.passenger.heard.some((frames) => frames.includes(frame))).toBe(true);
    expect(answerBody(arrival)).toBe(body);
  });

  it('let the other process fly when the beginning is too long to be kept', async () => {
    const [owner, late] = [await start(), await start()];
    const pilot = await flying(owner);
    pilot.passenger.depart('x'.repeat(MAX_ENTRY_BYTES + 1));
    const other = await flying(late);
    pilot.passenger.land(landedWith(null));
    other.passenger.land(landedWith(null));
    expect(await other.arrival).toMatchObject({ piloted: true });
    await pilot.arrival;
  });

  describe('whose stream is longer than anybody may lag behind', () => {
    const FRAME = 'x'.repeat(MAX_ENTRY_BYTES / 10);
    const FRAMES = 50;

    /** As an upstream that waits when it is told to. */
    async function stream({ passenger }: Boarded): Promise<void> {
      passenger.depart();
      for (let sent = 0; sent < FRAMES; sent++) {
        const { resumed } = passenger;
        if (!passenger.fly(FRAME)) await until(() => passenger.resumed > resumed);
      }
    }

    it('go at the pace of the way to the other process, where nobody reads slowly', async () => {
      const { follower, pilot, joined } = await shared();
      const second = follower.board(key);
      await stream(pilot);
      pilot.passenger.land(landedWith(null));
      for (const { arrival, passenger } of [joined, second]) {
        expect(await arrival).toMatchObject({ live: true, landing: { kind: 'landed' } });
        expect(passenger.text).toHaveLength(FRAMES * FRAME.length);
      }
      expect(await pilot.arrival).toMatchObject({ landing: { kind: 'landed' } });
    });

    it('wait for readers of the other process when nobody else listens', async () => {
      const { owner, follower, pilot, joined } = await shared();
      joined.passenger.slow = true;
      pilot.passenger.signal.abort();
      const streamed = stream(pilot);
      await pass(20, owner, follower);
      const { resumed } = pilot.passenger;
      await pass(20, owner, follower);
      expect(pilot.passenger.resumed).toBe(resumed);
      for (let taken = 1; taken <= FRAMES; taken++) {
        await until(() => joined.passenger.heard.length === taken);
        joined.passenger.resume();
      }
      await streamed;
      pilot.passenger.land(landedWith(null));
      expect(await joined.arrival).toMatchObject({ live: true, landing: { kind: 'landed' } });
      expect(joined.passenger.text).toHaveLength(FRAMES * FRAME.length);
      await until(() => owner.flights.stats().flying === 0);
    });

    it('do not wait for readers of the other process that are slower than those here', async () => {
      const { pilot, joined } = await shared();
      joined.passenger.slow = true;
      await stream(pilot);
      pilot.passenger.land(landedWith(null));
      expect(await pilot.arrival).toMatchObject({ landing: { kind: 'landed' } });
      expect(pilot.passenger.text).toHaveLength(FRAMES * FRAME.length);
      for (let had = 0; joined.passenger.heard.length > had; joined.passenger.resume())
        had = joined.passenger.heard.length;
      expect(errorOf(await joined.arrival)).toMatchObject({ code: 'overloaded' });
    });

    it('are not lost while the last of it is read slowly in the other process', async () => {
      const { owner, follower, pilot, joined } = await shared();
      joined.passenger.slow = true;
      pilot.passenger.depart(...Array.from({ length: 8 }, () => FRAME));
      pilot.passenger.land(landedWith(null));
      await pilot.arrival;
      await pass(5, owner, follower);
      joined.passenger.slow = false;
      joined.passenger.resume();
      expect(await joined.arrival).toMatchObject({ live: true, landing: { kind: 'landed' } });
      expect(joined.passenger.text).toHaveLength(8 * FRAME.length);
    });
  });

  it('are not lost when Redis confirms late what a process that was busy said', async () => {
    const { pilot, joined } = await shared();
    pilot.passenger.depart('one ');
    await standStill();
    await until(() => joined.passenger.text === 'one ');
    pilot.passenger.fly('two');
    pilot.passenger.land(landedWith('whole'));
    expect(await joined.arrival).toEqual({ landing: landedWith('whole'), piloted: false, live: true });
    expect(joined.passenger.text).toBe('one two');
    await pilot.arrival;
  });

  describe('whose pilot fails', () => {
    it('before any frame: a passenger of the other process flies when nobody is left here', async () => {
      const { pilot, joined } = await shared();
      pilot.passenger.land(crashed(broken, true));
      expect(errorOf(await pilot.arrival)).toBe(broken);
      await until(() => joined.passenger.flies);
      joined.passenger.depart('one');
      joined.passenger.land(landedWith('whole'));
      expect(await joined.arrival).toMatchObject({ piloted: true, live: true });
    });

    it('in one process and then in the other: nobody tries a third time', async () => {
      const { follower, pilot, joined } = await shared();
      const third = follower.board(key);
      pilot.passenger.land(crashed(broken, true));
      await until(() => joined.passenger.flies);
      joined.passenger.land(crashed(broken, true));
      for (const { arrival } of [joined, third]) expect(errorOf(await arrival)).toBe(broken);
      expect(third.passenger.flies).toBe(false);
      await pilot.arrival;
    });

    it('before any frame: a passenger of the same process is asked first, the other stays aboard', async () => {
      const { owner, pilot, joined } = await shared();
      const second = owner.board(key);
      pilot.passenger.land(crashed(broken, true));
      await until(() => second.passenger.flies);
      second.passenger.depart('one');
      second.passenger.land(landedWith('whole'));
      expect(await joined.arrival).toMatchObject({ piloted: false, live: true });
      expect(joined.passenger.text).toBe('one');
      await Promise.all([pilot.arrival, second.arrival]);
    });

    it('after content: the other process gets the error after what it heard', async () => {
      const { pilot, joined } = await shared();
      pilot.passenger.depart('one ', 'two');
      pilot.passenger.land(crashed(broken, true, true));
      const arrival = await joined.arrival;
      expect(errorOf(arrival)).toMatchObject({ code: 'upstream_error', message: 'broken', retryAfterSeconds: 7 });
      expect(arrival).toMatchObject({ live: true, landing: { started: true } });
      expect(joined.passenger.text).toBe('one two');
      expect(joined.passenger.flies).toBe(false);
      await pilot.arrival;
    });

    it('with a refusal of the upstream: the other process gets it as it is', async () => {
      const { pilot, joined } = await shared();
      const refusal = { status: 400, contentType: 'application/json', body: Buffer.from('{"error":"too long"}') };
      const landing: Landing = { ...crashed(new RelayError('invalid_request', 'no')), refusal };
      pilot.passenger.land(landing);
      expect((await joined.arrival).landing).toMatchObject({ refusal, mayRetry: false });
      await pilot.arrival;
    });
  });

  describe('whose process dies', () => {
    it('before any frame: another process flies at once when it finds nobody there, and others follow it', async () => {
      const { owner, follower, pilot, joined } = await shared();
      await kill(owner);
      follower.clock.advance(TICK_MS);
      await until(() => joined.passenger.flies);
      const third = await start();
      const late = third.board(key);
      await until(() => follower.flights.stats().elsewhere?.followers === 1);
      joined.passenger.depart('one');
      joined.passenger.land(landedWith('whole'));
      expect(await joined.arrival).toMatchObject({ piloted: true, live: true });
      expect(await late.arrival).toMatchObject({ piloted: false, live: true });
      pilot.passenger.land(landedWith('whole'));
    });

    it('before a newcomer asks: the newcomer flies at once', async () => {
      const [owner, newcomer] = [await start(), await start()];
      const pilot = await flying(owner);
      await kill(owner);
      const boarded = await flying(newcomer);
      boarded.passenger.land(landedWith('whole'));
      expect(await boarded.arrival).toMatchObject({ piloted: true });
      pilot.passenger.land(landedWith('whole'));
    });

    it('before any frame, or hangs: another process flies after 3 s of silence', async () => {
      const { follower, pilot, joined } = await shared();
      await follower.clock.advanceAsync(SILENT_AFTER_MS - 1);
      expect(follower.flights.stats()).toMatchObject({ elsewhere: { lost: 0 } });
      await follower.clock.advanceAsync(1);
      await until(() => joined.passenger.flies);
      joined.passenger.land(landedWith('whole'));
      await joined.arrival;
      pilot.passenger.land(landedWith('whole'));
      await pilot.arrival;
    });

    it('not while it says every second that it lives', async () => {
      const { owner, follower, pilot, joined } = await shared();
      await pass(5, owner, follower);
      pilot.passenger.depart('one');
      pilot.passenger.land(landedWith('whole'));
      expect(await joined.arrival).toMatchObject({ piloted: false, live: true });
      await pilot.arrival;
    });

    it('after content: the passengers of others get an error like that of a stream that was cut', async () => {
      const { owner, follower, pilot, joined } = await shared();
      pilot.passenger.depart('one ');
      await until(() => joined.passenger.text === 'one ');
      await kill(owner);
      follower.clock.advance(SILENT_AFTER_MS);
      const arrival = await joined.arrival;
      expect(errorOf(arrival)).toMatchObject({ code: 'upstream_error' });
      expect(arrival).toMatchObject({ live: true, landing: { started: true, mayRetry: false } });
      pilot.passenger.land(landedWith('whole'));
    });

    it('after content: one of those that have heard nothing flies, and the others of them share it', async () => {
      const { owner, follower, pilot, joined } = await shared();
      const [whole, counted, second] = [
        follower.board(key, 'whole'),
        follower.board(key, 'stream+usage'),
        follower.board(key, 'whole'),
      ];
      pilot.passenger.depart('one ');
      await until(() => joined.passenger.text === 'one ');
      await kill(owner);
      follower.clock.advance(SILENT_AFTER_MS);
      expect(errorOf(await joined.arrival)).toMatchObject({ code: 'upstream_error' });
      await until(() => whole.passenger.flies);
      const late = follower.board(key);
      expect(late.passenger.heard).toEqual([]);
      whole.passenger.land(landedWith('again', ''));
      expect(await whole.arrival).toMatchObject({ piloted: true, live: false });
      for (const { arrival, passenger } of [counted, second, late]) {
        expect(await arrival).toMatchObject({ piloted: false, live: false, landing: { kind: 'landed' } });
        expect(passenger.flies).toBe(false);
      }
      pilot.passenger.land(landedWith('whole'));
    });

    it('after content: who was first there flies when only others have heard of it', async () => {
      const [owner, follower] = [await start(), await start()];
      const pilot = await flying(owner);
      const whole = follower.board(key, 'whole');
      const stream = follower.board(key);
      await until(() => follower.heard > 0);
      stream.passenger.slow = true;
      pilot.passenger.depart('one ');
      await until(() => stream.passenger.text === 'one ');
      pilot.passenger.fly('two');
      pilot.passenger.signal.abort();
      const told = follower.heard;
      await until(() => follower.heard > told);
      await kill(owner);
      follower.clock.advance(SILENT_AFTER_MS);
      await until(() => whole.passenger.flies);
      whole.passenger.land(landedWith('again', ''));
      expect(answerIn(await whole.arrival)).toEqual(answerOf('again'));
      stream.passenger.slow = false;
      stream.passenger.resume();
      expect(errorOf(await stream.arrival)).toMatchObject({ code: 'upstream_error' });
      expect(stream.passenger.text).toBe('one two');
      pilot.passenger.land(landedWith('whole'));
    });

    it('after content, and then the next one: who has heard nothing still flies', async () => {
      const { owner, follower, pilot, joined } = await shared();
      const whole = follower.board(key, 'whole');
      pilot.passenger.depart('one ');
      await until(() => joined.passenger.text === 'one ');
      const holder = await observer.get(leaseOf(key));
      await kill(owner);
      const next = await start();
      await observer.del(leaseOf(key));
      const nextPilot = await flying(next);
      expect(await observer.get(leaseOf(key))).not.toBe(holder);
      follower.clock.advance(SILENT_AFTER_MS);
      await until(() => next.flights.stats().elsewhere?.followers === 1);
      const late = follower.board(key);
      nextPilot.passenger.depart('uno ');
      await until(() => late.passenger.text === 'uno ');
      await next.stop();
      expect(errorOf(await late.arrival)).toMatchObject({ code: 'upstream_error' });
      await until(() => whole.passenger.flies);
      whole.passenger.land(landedWith('again', ''));
      expect(answerIn(await whole.arrival)).toEqual(answerOf('again'));
      expect(joined.passenger.text).toBe('one ');
      for (const { passenger } of [pilot, nextPilot]) passenger.land(landedWith('whole'));
      await joined.arrival;
    });

    it('after content, and Redis hangs as well: who has heard nothing flies all the same', async () => {
      const { follower, pilot, joined } = await shared();
      const whole = follower.board(key, 'whole');
      pilot.passenger.depart('one ');
      await until(() => joined.passenger.text === 'one ');
      const asked = jest.spyOn(follower.redis, 'evalsha').mockReturnValue(new Promise(() => undefined));
      await follower.clock.advanceAsync(SILENT_AFTER_MS);
      expect(errorOf(await joined.arrival)).toMatchObject({ code: 'upstream_error' });
      await until(() => asked.mock.calls.length > 0);
      await follower.clock.advanceAsync(CLAIM_TIMEOUT_MS);
      await until(() => whole.passenger.flies);
      asked.mockRestore();
      whole.passenger.land(landedWith('again', ''));
      expect(answerIn(await whole.arrival)).toEqual(answerOf('again'));
      pilot.passenger.land(landedWith('whole'));
      await pilot.arrival;
    });

    it('after content that all have heard: the flight is over, and newcomers fly', async () => {
      const { owner, follower, pilot, joined } = await shared();
      pilot.passenger.depart('one ');
      await until(() => joined.passenger.text === 'one ');
      await kill(owner);
      follower.clock.advance(SILENT_AFTER_MS);
      expect(errorOf(await joined.arrival)).toMatchObject({ code: 'upstream_error' });
      await until(() => follower.flights.size === 0);
      expect(follower.flights.stats()).toMatchObject({ elsewhere: { lost: 0 } }); // nobody was left to ask for
      const newcomer = await flying(follower);
      newcomer.passenger.land(landedWith('again'));
      expect(await newcomer.arrival).toMatchObject({ piloted: true });
      pilot.passenger.land(landedWith('whole'));
    });

    it('as a follower: the flight ends when nobody else is aboard', async () => {
      const { owner, follower, pilot, joined } = await shared();
      pilot.passenger.signal.abort();
      expect(pilot.passenger.cockpits[0]?.signal.aborted).toBe(false);
      await kill(follower);
      owner.clock.advance(TICK_MS);
      await until(() => pilot.passenger.cockpits[0]?.signal.aborted === true);
      pilot.passenger.land(crashed(broken));
      await pilot.arrival;
      joined.passenger.signal.abort();
      await joined.arrival;
    });

    it('as a follower that hangs: it is given up after 3 s of silence', async () => {
      const { owner, pilot, joined } = await shared();
      pilot.passenger.signal.abort();
      await owner.clock.advanceAsync(SILENT_AFTER_MS - 1);
      expect(pilot.passenger.cockpits[0]?.signal.aborted).toBe(false);
      owner.clock.advance(1);
      await until(() => pilot.passenger.cockpits[0]?.signal.aborted === true);
      pilot.passenger.land(crashed(broken));
      await pilot.arrival;
      joined.passenger.signal.abort();
      await joined.arrival;
    });
  });

  describe('whose process stops', () => {
    it('before any frame: the other process flies', async () => {
      const { owner, pilot, joined } = await shared();
      await owner.stop();
      await until(() => joined.passenger.flies);
      joined.passenger.land(landedWith('whole'));
      expect(await joined.arrival).toMatchObject({ piloted: true });
      pilot.passenger.land(landedWith('whole'));
    });

    it('after content: the passengers of the other get an error', async () => {
      const { owner, pilot, joined } = await shared();
      pilot.passenger.depart('one ');
      await until(() => joined.passenger.text === 'one ');
      await owner.stop();
      expect(errorOf(await joined.arrival)).toMatchObject({ code: 'upstream_error' });
      pilot.passenger.land(landedWith('whole'));
    });
  });

  describe('whose clients are told that the process stops', () => {
    const stopping = new RelayError('unavailable', 'The relay is shutting down.');

    it('before any frame: the flight is given up for them, and another process flies at once', async () => {
      const { owner, pilot, joined } = await shared();
      pilot.passenger.signal.abort(stopping);
      expect(pilot.passenger.cockpits[0]?.signal).toMatchObject({ aborted: true, reason: stopping });
      pilot.passenger.land(crashed(stopping, true));
      expect(errorOf(await pilot.arrival)).toBe(stopping);
      await until(() => joined.passenger.flies);
      await until(() => owner.flights.size === 0);
      joined.passenger.land(landedWith('whole'));
      expect(await joined.arrival).toMatchObject({ piloted: true });
    });

    it('after content: passengers of the other process that have heard nothing fly', async () => {
      const { follower, pilot, joined } = await shared();
      const whole = follower.board(key, 'whole');
      pilot.passenger.depart('one ');
      await until(() => joined.passenger.text === 'one ');
      pilot.passenger.signal.abort(stopping);
      pilot.passenger.land(crashed(stopping, false, true));
      expect(errorOf(await joined.arrival)).toMatchObject({ code: 'upstream_error' });
      await until(() => whole.passenger.flies);
      whole.passenger.land(landedWith('again', ''));
      expect(answerIn(await whole.arrival)).toEqual(answerOf('again'));
      await pilot.arrival;
    });
  });

  describe('whose clients leave', () => {
    it('go on while somebody listens in another process, and end when nobody does', async () => {
      const { owner, pilot, joined } = await shared();
      pilot.passenger.signal.abort();
      expect(pilot.passenger.cockpits[0]?.signal.aborted).toBe(false);
      joined.passenger.signal.abort();
      expect(errorOf(await joined.arrival)).toMatchObject({ code: 'client_closed' });
      await until(() => pilot.passenger.cockpits[0]?.signal.aborted === true);
      expect(owner.flights.stats().elsewhere?.followers).toBe(0);
      pilot.passenger.land(crashed(broken));
      await pilot.arrival;
    });

    it('get an end at once when another process flies, whoever was first here', async () => {
      const { follower, pilot, joined } = await shared();
      const second = follower.board(key);
      joined.passenger.signal.abort();
      expect(errorOf(await joined.arrival)).toMatchObject({ code: 'client_closed' });
      pilot.passenger.depart('one');
      pilot.passenger.land(landedWith('whole'));
      expect(await second.arrival).toMatchObject({ piloted: false, live: true });
      expect(second.passenger.text).toBe('one');
      await pilot.arrival;
    });

    it('do not fly any more when the other process fails: who is still there does', async () => {
      const { follower, pilot, joined } = await shared();
      const [second, third] = [follower.board(key), follower.board(key)];
      joined.passenger.signal.abort();
      await joined.arrival;
      pilot.passenger.land(crashed(broken, true));
      await until(() => second.passenger.flies);
      expect(joined.passenger.flies).toBe(false);
      second.passenger.depart('one');
      second.passenger.land(landedWith('whole'));
      expect(await second.arrival).toMatchObject({ piloted: true, live: true });
      expect(await third.arrival).toMatchObject({ piloted: false, live: true });
      await pilot.arrival;
    });

    it('are not held aboard by a process that would keep the answer: the one that flies decides', async () => {
      const [owner, follower] = [await start(), await start()];
      const pilot = await flying(owner);
      const keeping = follower.board(key, 'stream', true);
      await until(() => follower.heard > 0);
      pilot.passenger.signal.abort();
      keeping.passenger.signal.abort();
      expect(errorOf(await keeping.arrival)).toMatchObject({ code: 'client_closed' });
      await until(() => pilot.passenger.cockpits[0]?.signal.aborted === true);
      pilot.passenger.land(crashed(broken));
      await pilot.arrival;
      await until(() => owner.flights.size === 0 && follower.flights.size === 0);
    });
  });

  it('renew the lease while they fly', async () => {
    const owner = await start();
    const pilot = await flying(owner);
    await observer.pexpire(leaseOf(key), 2_000);
    owner.clock.advance(4 * TICK_MS);
    await until(async () => (await observer.pttl(leaseOf(key))) > 5_000);
    pilot.passenger.land(landedWith('whole'));
    await pilot.arrival;
  });

  it('fly anew when a message got lost: before content', async () => {
    const { owner, pilot, joined } = await shared();
    jest.spyOn(owner.publisher, 'publish').mockResolvedValueOnce(1);
    pilot.passenger.depart('one ');
    await until(() => joined.passenger.flies);
    joined.passenger.land(landedWith('whole'));
    await joined.arrival;
    pilot.passenger.land(landedWith('whole'));
    await pilot.arrival;
  });

  it('end with an error when a message got lost after content', async () => {
    const { owner, pilot, joined } = await shared();
    pilot.passenger.depart('one ');
    await until(() => joined.passenger.text === 'one ');
    jest.spyOn(owner.publisher, 'publish').mockResolvedValueOnce(1);
    pilot.passenger.fly('two ');
    pilot.passenger.land(landedWith('whole'));
    expect(errorOf(await joined.arrival)).toMatchObject({ code: 'upstream_error' });
    expect(joined.passenger.text).toBe('one ');
    await pilot.arrival;
  });

  it('do not listen to garbage', async () => {
    const { owner, follower, pilot, joined } = await shared();
    const magic = Buffer.from([0xf1, 1, 0]);
    const headed = (text: string): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(text));
      return Buffer.concat([magic, Buffer.from(key, 'hex'), length, Buffer.from(text)]);
    };
    const garbage = [
      Buffer.alloc(0),
      randomBytes(3),
      randomBytes(10_000),
      Buffer.concat([magic, randomBytes(32)]),
      Buffer.concat([magic, randomBytes(2_000)]),
      headed('{'),
      headed('{"type":"landed"}'),
      headed('{"type":"join","flight":"zz","follow":"0","from":"nobody"}'),
      headed('{"type":"leave","flight":"0","follow":"zz","from":"nobody"}'),
      headed('{"type":"bytes","follow":"nobody","seq":0,"of":"frames","more":false}'),
    ];
    for (const { channel } of [owner, follower]) for (const bytes of garbage) await observer.publish(channel, bytes);
    pilot.passenger.depart('one');
    pilot.passenger.land(landedWith('whole'));
    expect(await joined.arrival).toEqual({ landing: landedWith('whole'), piloted: false, live: true });
    await pilot.arrival;
  });

  it('fly for themselves where a lease says nonsense', async () => {
    await observer.set(leaseOf(key), 'nonsense');
    const pilot = await flying(await start());
    pilot.passenger.land(landedWith('whole'));
    await pilot.arrival;
  });

  it('do not let another key into a flight', async () => {
    const { owner, pilot, joined } = await shared();
    const holder = await observer.get(leaseOf(key));
    const otherKey = randomBytes(32).toString('hex');
    await observer.set(leaseOf(otherKey), holder ?? '', 'PX', 10_000);
    const stranger = await start();
    const boarded = stranger.board(otherKey);
    await until(() => boarded.passenger.flies);
    expect(owner.flights.stats().elsewhere?.followers).toBe(1);
    boarded.passenger.land(landedWith('other'));
    pilot.passenger.land(landedWith('whole'));
    await Promise.all([boarded.arrival, pilot.arrival, joined.arrival]);
  });

  describe('with a secret', () => {
    it('show nothing of prompts or answers on the way', async () => {
      const messages: Buffer[] = [];
      const spy = observer.duplicate();
      await spy.psubscribe('relay:flights:*');
      spy.on('pmessageBuffer', (_pattern, _channel, bytes: Buffer) => messages.push(bytes));
      const { pilot, joined } = await shared(SECRET);
      pilot.passenger.depart('private words');
      pilot.passenger.land(landedWith('private answer'));
      expect(await joined.arrival).toMatchObject({ live: true, landing: landedWith('private answer') });
      const ours = messages.filter((bytes) => bytes.includes(Buffer.from(key, 'hex')));
      expect(ours.length).toBeGreaterThan(3);
      for (const bytes of ours) expect(/private|trace-1|join|landed/.test(bytes.toString('latin1'))).toBe(false);
      spy.disconnect();
      await pilot.arrival;
    });

    it('are not heard by a process with another secret, which flies for itself', async () => {
      const [owner, other] = [await start(SECRET), await start(`other ${SECRET}`)];
      const pilot = await flying(owner);
      const boarded = other.board(key);
      await until(() => owner.heard > 0);
      await other.clock.advanceAsync(JOIN_TIMEOUT_MS);
      await until(() => boarded.passenger.flies);
      for (const { passenger } of [pilot, boarded]) passenger.land(landedWith('whole'));
      await Promise.all([pilot.arrival, boarded.arrival]);
    });
  });

  describe('without Redis', () => {
    it('fly in each process for itself, at once', async () => {
      const [a, b] = [await start(), await start()];
      for (const { redis } of [a, b]) redis.disconnect();
      await until(() => [a, b].every(({ redis }) => redis.status === 'end'));
      const boarded = [await flying(a), await flying(b)];
      for (const { passenger } of boarded) passenger.land(landedWith('whole'));
      for (const { arrival } of boarded) expect(await arrival).toMatchObject({ piloted: true });
      expect(a.flights.stats()).toMatchObject({ elsewhere: { unshared: 1 } });
    });

    const fly = async (owner: RelayProcess): Promise<void> => {
      const boarded = await flying(owner);
      boarded.passenger.land(landedWith('whole'));
      await boarded.arrival;
    };

    it('go on asking one that refuses at once, and say it once', async () => {
      const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
      const owner = await start();
      const refusal = Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' });
      const asked = jest.spyOn(owner.redis, 'evalsha').mockRejectedValue(refusal);
      for (let failure = 0; failure < 4; failure++) await fly(owner);
      expect(asked).toHaveBeenCalledTimes(4);
      expect(warn.mock.calls.filter(([said]) => String(said).includes('OOM'))).toHaveLength(1);
      warn.mockRestore();
    });

    it('ask again after a second of failures', async () => {
      const owner = await start();
      const asked = jest.spyOn(owner.redis, 'evalsha').mockRejectedValue(new Error('busy'));
      for (let together = 0; together < 4; together++) await fly(owner); // one failure
      for (let failure = 0; failure < 3; failure++) {
        owner.clock.advance(50);
        await fly(owner);
      }
      expect(asked).toHaveBeenCalledTimes(6);
      asked.mockRestore();
      owner.clock.advance(TICK_MS);
      const boarded = await flying(owner);
      expect(await observer.exists(leaseOf(key))).toBe(1);
      boarded.passenger.land(landedWith('whole'));
      await boarded.arrival;
    });

    it('fly after 250 ms when it does not answer', async () => {
      const owner = await start();
      jest.spyOn(owner.redis, 'evalsha').mockReturnValueOnce(new Promise(() => undefined));
      const boarded = owner.board(key);
      owner.clock.advance(249);
      expect(boarded.passenger.flies).toBe(false);
      owner.clock.advance(1);
      await until(() => boarded.passenger.flies);
      boarded.passenger.land(landedWith('whole'));
      await boarded.arrival;
      expect(owner.flights.stats()).toMatchObject({ elsewhere: { unshared: 1 } });
    });
  });
});
