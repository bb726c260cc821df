import { FakeClock } from '@relay/testing';
import { AWAY, FRESH_MS, ReadThroughCache, REFRESH_AFTER_MS } from './read-through-cache';

interface Item {
  readonly version: number;
}

/** A source whose answers the test gives. */
class Source {
  readonly asked: string[] = [];
  private readonly waiting: { resolve(item: Item | null): void; reject(cause: Error): void }[] = [];

  readonly load = (id: string): Promise<Item | null> => {
    this.asked.push(id);
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  };

  answer(item: Item | null): void {
    this.waiting.shift()?.resolve(item);
  }

  fail(): void {
    this.waiting.shift()?.reject(new Error('connection refused'));
  }
}

describe('a read-through cache', () => {
  const clock = new FakeClock();
  let source: Source;
  let cache: ReadThroughCache<Item>;
  beforeEach(() => {
    source = new Source();
    cache = new ReadThroughCache('test items', source.load, clock);
  });

  async function remember(id: string, item: Item | null): Promise<void> {
    const loading = cache.get(id);
    source.answer(item);
    await loading;
  }

  it('asks once for many who want the same at once', async () => {
    const all = [1, 2, 3].map(async () => cache.get('a'));
    source.answer({ version: 1 });
    expect(await Promise.all(all)).toEqual(Array(3).fill({ version: 1 }));
    expect(source.asked).toEqual(['a']);
  });

  it('gives a remembered value as such, not as a promise', async () => {
    await remember('a', { version: 1 });
    expect(cache.get('a')).toEqual({ version: 1 });
  });

  it('remembers that there is none', async () => {
    await remember('a', null);
    expect(cache.get('a')).toBeNull();
    expect(source.asked).toEqual(['a']);
  });

  it('looks again when a value is no longer fresh', async () => {
    await remember('a', { version: 1 });
    clock.advance(FRESH_MS);
    const again = cache.get('a');
    source.answer({ version: 2 });
    expect(await again).toEqual({ version: 2 });
  });

  it('renews what is asked for steadily without making anybody wait', async () => {
    await remember('a', { version: 1 });
    for (let version = 2; version < 10; version++) {
      clock.advance(REFRESH_AFTER_MS);
      expect(cache.get('a')).toEqual({ version: version - 1 });
      expect(cache.get('a')).toEqual({ version: version - 1 });
      expect(source.asked).toHaveLength(version);
      source.answer({ version });
      await clock.advanceAsync(0);
      expect(cache.get('a')).toEqual({ version });
    }
  });

  it('lets nobody have a value that is too old while it is being renewed', async () => {
    await remember('a', { version: 1 });
    clock.advance(FRESH_MS - 1);
    expect(cache.get('a')).toEqual({ version: 1 });
    clock.advance(1);
    const waiting = cache.get('a');
    source.answer(null); // revoked meanwhile
    expect(await waiting).toBeNull();
    expect(source.asked).toHaveLength(2);
  });

  it('counts the age of a value from when its load began', async () => {
    const loading = cache.get('a');
    clock.advance(1_500);
    source.answer({ version: 1 });
    await loading;
    clock.advance(FRESH_MS - 1_500);
    expect(cache.get('a')).toBeInstanceOf(Promise);
  });

  it('does not bring back what was dropped while it was being renewed', async () => {
    await remember('a', { version: 1 });
    clock.advance(REFRESH_AFTER_MS);
    void cache.get('a');
    cache.drop('a');
    source.answer({ version: 2 });
    await clock.advanceAsync(0);
    expect(cache.get('a')).toBeInstanceOf(Promise);
  });

  it('makes nobody wait for a source that hangs who asks for what is known', async () => {
    await remember('a', { version: 1 });
    for (let second = 0; second < 60; second++) {
      await clock.advanceAsync(1_000);
      expect(cache.get('a')).toEqual({ version: 1 });
    }
    expect(source.asked.length).toBeLessThan(25);
  });

  it('does not bring back what was dropped while it was being loaded', async () => {
    const loading = cache.get('a');
    cache.drop('a');
    source.answer({ version: 1 });
    await loading;
    const again = cache.get('a');
    expect(again).toBeInstanceOf(Promise);
    source.answer(null);
    expect(await again).toBeNull();
  });

  it('goes on with what it had while the source is away, and asks only now and then', async () => {
    await remember('a', { version: 1 });
    clock.advance(FRESH_MS);
    const during = cache.get('a');
    source.fail();
    expect(await during).toEqual({ version: 1 });
    expect(cache.get('a')).toEqual({ version: 1 });
    expect(source.asked).toHaveLength(2);
  });

  it('does not go on for ever', async () => {
    await remember('a', { version: 1 });
    clock.advance(24 * 3_600_000);
    const late = cache.get('a');
    source.fail();
    expect(await late).toBe(AWAY);
  });

  it('says that the source is away when it has nothing, and asks again next time', async () => {
    const first = cache.get('a');
    source.fail();
    expect(await first).toBe(AWAY);
    const second = cache.get('a');
    source.answer({ version: 1 });
    expect(await second).toEqual({ version: 1 });
  });

  it('does not wait for a source that hangs', async () => {
    const waiting = cache.get('a');
    await clock.advanceAsync(2_000);
    expect(await waiting).toBe(AWAY);
  });

  it('has a bounded number of questions open', () => {
    for (let i = 0; i < 256; i++) expect(cache.get(`id-${i}`)).toBeInstanceOf(Promise);
    expect(cache.get('one too many')).toBe(AWAY);
    expect(source.asked).toHaveLength(256);
  });

  it('forgets whatever a change concerns, and what was not found', async () => {
    await remember('a', { version: 1 });
    await remember('b', { version: 2 });
    await remember('c', null);
    cache.dropWhere(({ version }) => version === 1);
    expect(cache.get('b')).toEqual({ version: 2 });
    void cache.get('a');
    void cache.get('c');
    expect(source.asked.slice(3)).toEqual(['a', 'c']);
  });

  it('does not remember what was loaded before a change that may concern it', async () => {
    const loading = cache.get('a');
    cache.dropWhere(() => false);
    source.answer({ version: 1 });
    await loading;
    void cache.get('a');
    expect(source.asked).toEqual(['a', 'a']);
  });

  it('looks everything up anew after a break, and goes on with it while the source is away', async () => {
    await remember('a', { version: 1 });
    cache.expire();
    const renewed = cache.get('a');
    source.answer({ version: 2 });
    expect(await renewed).toEqual({ version: 2 });
    cache.expire();
    const failing = cache.get('a');
    source.fail();
    expect(await failing).toEqual({ version: 2 });
  });
});
