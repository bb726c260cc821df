import { Logger } from '@nestjs/common';
import { ConfigStore, environmentSchema, relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { RedisConnections } from '@relay/database';
import { FakeClock } from '@relay/testing';
import { crashed } from '../domain/flights/landings';
import type { Arrival, Delivery } from '../domain/flights/passenger';
import { FACTS, landedWith, TestPassenger } from '../../test/flights/test-passenger';
import { Flights } from './flights.service';

const KEY = 'a'.repeat(64);
const OTHER_KEY = 'b'.repeat(64);
const MAX_BYTES = 1_000;

const configOf = (maxEntryBytes: number): ConfigStore => {
  const config: RelayConfig = {
    ...relayConfigSchema.parse({ cache: { maxEntryBytes } }),
    policy: policyDocumentSchema.parse({ name: 'test', version: 1 }),
  };
  return new ConfigStore(config, 'relay.yaml');
};

const environment = environmentSchema.parse({});
const processWith = (config: ConfigStore): Flights =>
  new Flights(new FakeClock(), config, environment, null, new RedisConnections(environment));

const broken = new RelayError('upstream_error', 'broken');
const retryable = crashed(broken, true);
const FINAL = crashed(broken, false);
const cut = crashed(broken, false, true);

interface Boarded {
  readonly passenger: TestPassenger;
  readonly arrival: Promise<Arrival>;
}

const errorOf = ({ landing }: Arrival): unknown => (landing.kind === 'failed' ? landing.error : landing);
const bodyOf = ({ landing }: Arrival): unknown =>
  landing.kind === 'landed' ? landing.answer?.body.toString() : landing.error;

/** Whether a promise is settled when all that can settle has. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('equal requests in one process', () => {
  let flights: Flights;

  let logged: jest.SpyInstance;

  beforeEach(() => {
    logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    flights = processWith(configOf(MAX_BYTES));
  });
  afterEach(() => logged.mockRestore());
  afterEach(() => expect(flights.stats()).toMatchObject({ flying: 0, aboard: 0 }));

  function board(delivery: Delivery = 'stream', key = KEY): Boarded {
    const passenger = new TestPassenger(delivery);
    return { passenger, arrival: flights.board(key, passenger) };
  }

  it('calls the pilot of the first in the tick it boards, and no other pilot', async () => {
    const first = board();
    expect(first.passenger.cockpits).toHaveLength(1);
    const others = Array.from({ length: 199 }, () => board());
    first.passenger.depart('one ', 'two ');
    first.passenger.land(landedWith('whole'));
    expect(await first.arrival).toMatchObject({ piloted: true, live: true, landing: landedWith('whole') });
    expect(first.passenger.heard).toEqual(['one ', 'two ']);
    for (const { passenger, arrival } of others) {
      expect(await arrival).toMatchObject({ piloted: false, live: true, landing: landedWith('whole') });
      expect(passenger.heard).toEqual(['one ', 'two ']);
      expect(passenger.cockpits).toHaveLength(0);
      expect(passenger.facts).toEqual(FACTS);
    }
    expect(flights.stats()).toMatchObject({ flown: 1, shared: 199 });
  });

  it('keeps requests of different keys apart', async () => {
    const [a, b] = [board('stream', KEY), board('stream', OTHER_KEY)];
    a.passenger.depart('of a');
    expect(b.passenger.heard).toEqual([]);
    a.passenger.land(landedWith('a'));
    b.passenger.land(landedWith('b'));
    expect([bodyOf(await a.arrival), bodyOf(await b.arrival)]).toEqual(['a', 'b']);
  });

  it('flies anew for who comes after the landing', async () => {
    const first = board();
    first.passenger.land(landedWith('a'));
    await first.arrival;
    const second = board();
    expect(second.passenger.cockpits).toHaveLength(1);
    second.passenger.land(landedWith('b'));
    expect(bodyOf(await second.arrival)).toBe('b');
  });

  describe('that stream', () => {
    it('hand a late joiner what is there at once, then the live tail in its tick', async () => {
      const first = board();
      first.passenger.depart('one ', 'two ');
      const late = board();
      expect(late.passenger.heard).toEqual(['one ', 'two ']);
      first.passenger.fly('three');
      expect(late.passenger.heard).toEqual(['one ', 'two ', 'three']);
      first.passenger.land(landedWith('whole'));
      expect(await late.arrival).toMatchObject({ live: true });
    });

    it('let a slow reader wait by itself, and end only when it has heard all', async () => {
      const first = board();
      const slow = board();
      slow.passenger.slow = true;
      expect(first.passenger.depart('one ', 'two ', 'three')).toBe(true);
      expect(first.passenger.text).toBe('one two three');
      expect(slow.passenger.heard).toEqual(['one ']);
      first.passenger.land(landedWith('whole'));
      await first.arrival;
      slow.passenger.resume();
      expect(slow.passenger.heard).toEqual(['one ', 'two ']);
      expect(await isSettled(slow.arrival)).toBe(false);
      slow.passenger.resume();
      expect(await slow.arrival).toMatchObject({ live: true, landing: { kind: 'landed' } });
      expect(slow.passenger.text).toBe('one two three');
    });

    it('stop the upstream while everybody who listens is busy, until one is ready', async () => {
      const [first, second] = [board(), board()];
      first.passenger.slow = second.passenger.slow = true;
      expect(first.passenger.depart('one ')).toBe(false);
      expect(first.passenger.resumed).toBe(0);
      second.passenger.resume();
      expect(first.passenger.resumed).toBe(1);
      first.passenger.resume();
      expect(first.passenger.resumed).toBe(1);
      first.passenger.land(landedWith('whole'));
      await Promise.all([first.arrival, second.arrival]);
    });

    it('let the upstream go on when the last busy one leaves others behind, or somebody joins', async () => {
      const [first, second] = [board(), board()];
      first.passenger.slow = true;
      second.passenger.slow = true;
      expect(first.passenger.depart('one ')).toBe(false);
      const third = board();
      expect(first.passenger.resumed).toBe(1);
      third.passenger.slow = first.passenger.slow = false;
      first.passenger.land(landedWith('whole'));
      await Promise.all([first, second, third].map(({ arrival }) => arrival));
    });

    it('give who joins late as much time for what was there before as others had', async () => {
      const first = board();
      const frame = 'x'.repeat(MAX_BYTES / 2);
      first.passenger.depart('one ', frame);
      const late = new TestPassenger();
      late.slow = true;
      const arrival = flights.board(KEY, late);
      first.passenger.fly(frame);
      first.passenger.fly('y');
      late.slow = false;
      late.resume();
      first.passenger.land(landedWith(null));
      expect(await arrival).toMatchObject({ live: true, landing: { kind: 'landed' } });
      expect(late.text).toHaveLength(MAX_BYTES + 5);
    });

    it('put down who lags by more than an entry of the cache may be large, and nobody else', async () => {
      const [first, slow] = [board(), board()];
      slow.passenger.slow = true;
      const frame = 'x'.repeat(MAX_BYTES / 2);
      first.passenger.depart('one ', frame, frame);
      expect(await isSettled(slow.arrival)).toBe(false);
      first.passenger.fly('y');
      expect(errorOf(await slow.arrival)).toMatchObject({ code: 'overloaded' });
      first.passenger.land(landedWith(null));
      expect(await first.arrival).toMatchObject({ live: true, landing: { kind: 'landed' } });
      expect(first.passenger.text).toHaveLength(MAX_BYTES + 5);
    });

    it('fly anew for who comes when the beginning is too long to be kept', async () => {
      const first = board();
      first.passenger.depart('x'.repeat(MAX_BYTES + 1));
      const late = board();
      expect(late.passenger.cockpits).toHaveLength(1);
      first.passenger.fly('end');
      expect(late.passenger.heard).toEqual([]);
      first.passenger.land(landedWith(null));
      late.passenger.depart('other');
      late.passenger.land(landedWith('other'));
      await first.arrival;
      expect(await late.arrival).toMatchObject({ piloted: true });
      expect(late.passenger.text).toBe('other');
    });

    it('put down who throws while it is handed frames; the others do not notice', async () => {
      const [first, faulty] = [board(), board()];
      const gone = new Error('socket gone');
      faulty.passenger.onFrames = () => {
        throw gone;
      };
      expect(first.passenger.depart('one ', 'two')).toBe(true);
      expect(errorOf(await faulty.arrival)).toMatchObject({ code: 'internal_error' });
      expect(logged.mock.calls.map(([thrown]: unknown[]) => thrown)).toEqual([gone]);
      first.passenger.land(landedWith('whole'));
      expect(await first.arrival).toMatchObject({ live: true });
    });
  });

  describe('of different deliveries', () => {
    it('are served from what landed', async () => {
      const [streaming, whole, counted] = [board('stream'), board('whole'), board('stream+usage')];
      streaming.passenger.depart('one ');
      streaming.passenger.land(landedWith('whole'));
      for (const { arrival, passenger } of [whole, counted]) {
        expect(await arrival).toMatchObject({ piloted: false, live: false, landing: landedWith('whole') });
        expect(passenger.heard).toEqual([]);
      }
      await streaming.arrival;
    });

    it('fly anew, together, when what landed was not put together', async () => {
      const streaming = board('stream');
      const wholes = [board('whole'), board('whole')];
      streaming.passenger.depart('one ');
      streaming.passenger.land(landedWith(null));
      await streaming.arrival;
      await isSettled(wholes[0]!.arrival);
      expect(wholes.map(({ passenger }) => passenger.cockpits.length)).toEqual([1, 0]);
      wholes[0]!.passenger.land(landedWith('large', ''));
      for (const { arrival } of wholes) expect(bodyOf(await arrival)).toBe('large');
    });

    it('fly alone when that does not serve them either', async () => {
      const [first, second, third] = [board('whole'), board('whole'), board('whole')];
      first.passenger.land(landedWith(null, ''));
      await first.arrival;
      await isSettled(third.arrival);
      second.passenger.land(landedWith(null, ''));
      await second.arrival;
      await isSettled(third.arrival);
      expect(third.passenger.cockpits).toHaveLength(1);
      third.passenger.land(landedWith(null, ''));
      expect(await third.arrival).toMatchObject({ piloted: true });
    });

    it('do not wait for a slow reader of frames', async () => {
      const [streaming, whole] = [board('stream'), board('whole')];
      streaming.passenger.slow = true;
      expect(streaming.passenger.depart('one ')).toBe(true);
      streaming.passenger.land(landedWith('whole'));
      expect(bodyOf(await whole.arrival)).toBe('whole');
      await streaming.arrival;
    });
  });

  it('find an answer without a flight: all are served from it, streaming or not', async () => {
    const [streaming, other] = [board('stream'), board('stream')];
    streaming.passenger.land(landedWith('found', ''));
    for (const { arrival } of [streaming, other])
      expect(await arrival).toMatchObject({ live: false, landing: landedWith('found', '') });
  });

  describe('whose clients leave', () => {
    it('get an end at once, with the reason of their signal', async () => {
      const [first, second] = [board(), board()];
      const reason = new RelayError('upstream_timeout', 'too late');
      second.passenger.signal.abort(reason);
      expect(errorOf(await second.arrival)).toBe(reason);
      first.passenger.depart('one');
      expect(second.passenger.heard).toEqual([]);
      first.passenger.land(landedWith('whole'));
      await first.arrival;
    });

    it('never board when they have left before', async () => {
      const passenger = new TestPassenger();
      passenger.signal.abort();
      expect(errorOf(await flights.board(KEY, passenger))).toMatchObject({ code: 'client_closed' });
      expect(passenger.cockpits).toHaveLength(0);
    });

    it('fly on as pilots while somebody is aboard', async () => {
      const [first, second] = [board(), board()];
      first.passenger.depart('one ');
      first.passenger.signal.abort();
      expect(first.passenger.cockpits[0]?.signal.aborted).toBe(false);
      expect(await isSettled(first.arrival)).toBe(false);
      first.passenger.fly('two');
      expect([first.passenger.text, second.passenger.text]).toEqual(['one ', 'one two']);
      first.passenger.land(landedWith('whole'));
      expect(await first.arrival).toMatchObject({ piloted: true, landing: { kind: 'landed' } });
      expect(await second.arrival).toMatchObject({ piloted: false, live: true });
    });

    it('abort the flight when nobody is left, and later ones fly anew', async () => {
      const [first, second] = [board(), board()];
      const { signal } = first.passenger.cockpits[0]!;
      first.passenger.signal.abort();
      expect(signal.aborted).toBe(false);
      second.passenger.signal.abort();
      expect(signal.aborted).toBe(true);
      const third = board();
      expect(third.passenger.cockpits).toHaveLength(1);
      first.passenger.land(FINAL);
      expect(await first.arrival).toMatchObject({ piloted: true });
      expect(errorOf(await second.arrival)).toMatchObject({ code: 'client_closed' });
      third.passenger.land(landedWith('whole'));
      await third.arrival;
    });

    it('end at once when the relay stops, though others are aboard and the answer was to be kept', async () => {
      const [first, second] = [board(), board()];
      const stopping = new RelayError('unavailable', 'The relay is shutting down.');
      const { signal } = first.passenger.cockpits[0]!;
      first.passenger.cockpits[0]!.keepFlying();
      signal.addEventListener('abort', () => first.passenger.land(crashed(stopping, true)));
      first.passenger.signal.abort(stopping);
      expect(signal).toMatchObject({ aborted: true, reason: stopping });
      for (const { arrival } of [first, second]) expect(errorOf(await arrival)).toBe(stopping);
      expect(second.passenger.cockpits).toHaveLength(0);
    });

    it('let the flight go on when it is to be kept: it may still be joined', async () => {
      const first = board();
      first.passenger.slow = true;
      first.passenger.cockpits[0]!.keepFlying();
      expect(first.passenger.depart('one ')).toBe(false);
      first.passenger.signal.abort();
      expect(first.passenger.cockpits[0]!.signal.aborted).toBe(false);
      expect(first.passenger.resumed).toBe(1);
      expect(first.passenger.fly('two ')).toBe(true);
      const late = board();
      expect(late.passenger.text).toBe('one two ');
      first.passenger.land(landedWith('whole'));
      expect(await late.arrival).toMatchObject({ piloted: false, live: true });
      await first.arrival;
    });
  });

  describe('whose pilot fails', () => {
    it('before any frame: one other takes over, the rest stay aboard', async () => {
      const all = [board(), board(), board()];
      const [first, second, third] = all as [Boarded, Boarded, Boarded];
      first.passenger.land(retryable);
      expect(await first.arrival).toMatchObject({ piloted: true, landing: retryable });
      expect([second, third].map(({ passenger }) => passenger.cockpits.length)).toEqual([1, 0]);
      first.passenger.depart('stray');
      second.passenger.depart('one');
      expect(third.passenger.text).toBe('one');
      second.passenger.land(landedWith('whole'));
      expect(await second.arrival).toMatchObject({ piloted: true, live: true });
      expect(await third.arrival).toMatchObject({ piloted: false, live: true });
      expect(flights.stats()).toMatchObject({ flown: 1, takeovers: 1 });
    });

    it('and the second as well: all get the error, nobody tries a third time', async () => {
      const all = Array.from({ length: 5 }, () => board());
      all[0]!.passenger.land(retryable);
      await all[0]!.arrival;
      all[1]!.passenger.land(retryable);
      for (const { arrival } of all) expect(errorOf(await arrival)).toBe(broken);
      expect(all.map(({ passenger }) => passenger.cockpits.length)).toEqual([1, 1, 0, 0, 0]);
    });

    it('for good: all get the error', async () => {
      const all = [board(), board('whole')];
      all[0]!.passenger.land(FINAL);
      for (const { arrival } of all) expect(errorOf(await arrival)).toBe(broken);
    });

    it('after content: all get the error after what they heard', async () => {
      const [first, slow] = [board(), board()];
      slow.passenger.slow = true;
      first.passenger.depart('one ', 'two');
      first.passenger.land({ ...cut, mayRetry: true });
      expect(await first.arrival).toMatchObject({ piloted: true, live: true, landing: { error: broken } });
      expect(await isSettled(slow.arrival)).toBe(false);
      slow.passenger.resume();
      expect(await slow.arrival).toMatchObject({ piloted: false, live: true, landing: { error: broken } });
      expect(slow.passenger.text).toBe('one two');
    });

    it('by throwing: all get an internal error, and the log says why, once', async () => {
      const passenger = new TestPassenger();
      const bug = new Error('bug');
      passenger.pilot = async () => {
        await Promise.resolve();
        throw bug;
      };
      const arrival = flights.board(KEY, passenger);
      const other = board();
      expect(errorOf(await arrival)).toMatchObject({ code: 'internal_error' });
      expect(errorOf(await other.arrival)).toMatchObject({ code: 'internal_error' });
      expect(logged.mock.calls.map(([thrown]: unknown[]) => thrown)).toEqual([bug]);
    });

    it('after another delivery was served live by the one who took over', async () => {
      const [first, second] = [board('whole'), board('stream')];
      first.passenger.land(retryable);
      await first.arrival;
      second.passenger.depart('one');
      const late = board('stream');
      expect(late.passenger.text).toBe('one');
      second.passenger.land(landedWith('whole'));
      expect(await second.arrival).toMatchObject({ live: true });
      expect(await late.arrival).toMatchObject({ live: true });
    });
  });
});
