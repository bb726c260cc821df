import { FakeClock } from '@relay/testing';
import type { RateStore, RateVerdict } from '../ports/rate-store.port';
import { MemoryRateStore } from './adapters/memory-rate-store';
import { type CommonRateStore, SharedRateStore } from './adapters/shared-rate-store';
import { RateLimits } from './rate-limits.service';

const ONE = { requests: 1, tokens: 10 };
const acme = (limits: object) => [{ kind: 'tenant', id: 'acme', limits }] as const;

describe('rate limits of one process', () => {
  const limits = new RateLimits(null, new FakeClock(), { processes: 1 });

  it('answer at once', () => {
    expect(limits.reserve(acme({ requests: 5 }), ONE)).toMatchObject({ ok: true });
  });

  it('say of a request larger than the whole limit that no wait will help', () => {
    expect(limits.reserve(acme({ tokens: 9 }), ONE)).toMatchObject({
      ok: false,
      error: { kind: 'tokens', limit: 9, asked: 10, waitMs: null },
    });
  });

  it('settle a reservation once', () => {
    const scopes = [{ kind: 'tenant', id: 'once', limits: { tokens: 10 } }] as const;
    const reserved = limits.reserve(scopes, ONE);
    if (reserved instanceof Promise || !reserved.ok) throw new Error('it was refused');
    reserved.value.settle(4);
    reserved.value.release();
    reserved.value.settle(0);
    expect(limits.reserve(scopes, { requests: 1, tokens: 6 })).toMatchObject({ ok: true });
    expect(limits.reserve(scopes, { requests: 1, tokens: 1 })).toMatchObject({ ok: false });
  });
});

/** A store that the test takes away, with an empty one in its place or the same. */
class Common implements CommonRateStore {
  processes = 2;
  away: 'no' | 'fails' | 'hangs' = 'no';
  asked = 0;

  constructor(public store: RateStore) {}

  reserve(...asked: Parameters<RateStore['reserve']>): RateVerdict | Promise<RateVerdict> {
    this.asked++;
    if (this.away === 'fails') throw new Error('connection lost');
    if (this.away === 'hangs') return new Promise(() => undefined);
    return this.store.reserve(...asked);
  }

  ping(): Promise<void> {
    return this.away === 'no' ? Promise.resolve() : Promise.reject(new Error('still away'));
  }
}

function refusalOf(verdict: RateVerdict) {
  if (verdict.granted) throw new Error('it was granted');
  return verdict.refusal;
}

describe('rate limits whose shared windows go away', () => {
  let clock: FakeClock;
  let common: Common;
  let shared: SharedRateStore;
  let said: string[];

  beforeEach(() => {
    clock = new FakeClock();
    common = new Common(new MemoryRateStore(clock));
    said = [];
    shared = new SharedRateStore(common, new MemoryRateStore(clock), clock, {
      lost: () => said.push('lost'),
      restored: () => said.push('restored'),
    });
  });

  const grants = async (count: number): Promise<number> => {
    let granted = 0;
    for (let i = 0; i < count; i++) if ((await shared.reserve(acme({ requests: 10 }), ONE)).granted) granted++;
    return granted;
  };

  it('go on in this process with its part, what it counted before included', async () => {
    expect(await grants(3)).toBe(3);
    common.away = 'fails';
    expect(await grants(20)).toBe(2); // half of 10, less 3
    expect(said).toEqual(['lost']);
    expect(common.asked).toBe(4); // nobody waits for what is away
  });

  it('refuse again what they refused a moment ago without asking, until something is given back', async () => {
    const reserve = (tokens: number, limit = 100) => shared.reserve(acme({ tokens: limit }), { requests: 1, tokens });
    const first = await reserve(60);
    const { standings, waitMs } = refusalOf(await reserve(50));
    await clock.advanceAsync(40);
    for (const tokens of [50, 90]) {
      expect(await reserve(tokens)).toMatchObject({
        granted: false,
        refusal: { kind: 'tokens', limit: 100, asked: tokens, waitMs: waitMs! - 40, standings },
      });
    }
    expect(common.asked).toBe(2);
    expect((await reserve(120, 200)).granted).toBe(true); // the limit was raised
    expect((await reserve(50)).granted).toBe(false);
    const before = common.asked;
    if (first.granted) await first.entry.correct({ requests: 0, tokens: -60 });
    await reserve(50);
    expect(common.asked).toBe(before + 1);
  });

  it('are asked again a tenth of a second after a refusal, and when it said that there would be room', async () => {
    await grants(10);
    expect(await grants(5)).toBe(0);
    expect(common.asked).toBe(11);
    await clock.advanceAsync(100);
    expect(await grants(5)).toBe(0);
    expect(common.asked).toBe(12);
    await clock.advanceAsync(60_850); // 50 ms before the end of the window
    expect(await grants(1)).toBe(0);
    await clock.advanceAsync(50);
    expect(await grants(1)).toBe(1);
  });

  it('go by the processes that are known otherwise, where nobody was asked yet', async () => {
    const health = { lost: () => undefined, restored: () => undefined };
    const fresh = new SharedRateStore(common, new MemoryRateStore(clock), clock, health, () => 5);
    common.away = 'fails';
    let granted = 0;
    for (let i = 0; i < 20; i++) if ((await fresh.reserve(acme({ requests: 10 }), ONE)).granted) granted++;
    expect(granted).toBe(2);
  });

  it('hold no request up for longer than a second', async () => {
    common.away = 'hangs';
    const pending = shared.reserve(acme({ requests: 10 }), ONE);
    await clock.advanceAsync(1_000);
    expect((await pending).granted).toBe(true);
    expect(said).toEqual(['lost']);
  });

  it('come back by themselves, and never let more in than the limit though the shared ones forgot everything', async () => {
    await grants(3);
    common.away = 'fails';
    await grants(20); // 5 by now
    common.away = 'no';
    common.store = new MemoryRateStore(clock);
    clock.advance(2_000);
    await shared.reserve(acme({ requests: 10 }), ONE);
    await clock.advanceAsync(0);
    expect(said).toEqual(['lost', 'restored']);
    expect(await grants(20)).toBe(0); // its part is used up until the window has passed
    clock.advance(61_000);
    expect(await grants(20)).toBe(10);
  });

  it('let a request in that is larger than one part', async () => {
    common.away = 'fails';
    expect(await shared.reserve(acme({ tokens: 100 }), { requests: 1, tokens: 80 })).toMatchObject({ granted: true });
  });

  it('give back what a late answer granted', async () => {
    let answer: (verdict: RateVerdict) => void = () => undefined;
    const corrected: unknown[] = [];
    common.store = { reserve: () => new Promise((resolve) => (answer = resolve)) };
    const pending = shared.reserve(acme({ requests: 10 }), ONE);
    await clock.advanceAsync(1_000);
    await pending;
    common.away = 'no';
    clock.advance(2_000);
    await shared.reserve(acme({ requests: 10 }), ONE); // finds it back
    await clock.advanceAsync(0);
    answer({ granted: true, standings: [], entry: { correct: (by) => void corrected.push(by) } });
    await clock.advanceAsync(0);
    expect(corrected).toEqual([{ requests: -1, tokens: -10 }]);
  });
});
