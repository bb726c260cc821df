import { RedisConnections } from '@relay/database';
import { FakeClock } from '@relay/testing';
import { cachedAnswer } from '../../test/cached-answer.builder';
import type { CachedAnswer } from '../domain/cached-answer';
import { MarkSet } from '../domain/mark-set';
import { Invalidations } from '../invalidation/invalidations.service';
import { ENTRY_OVERHEAD_BYTES, MemoryTier } from './l1-memory.tier';

const MINUTE_MS = 60_000;
const clock = new FakeClock();
const marks = new Invalidations(clock, null, new RedisConnections({ REDIS_URL: undefined }));
const ROOM_FOR_ONE = 100 + ENTRY_OVERHEAD_BYTES;

function answer(body: Buffer, ttlMs = MINUTE_MS): CachedAnswer {
  return cachedAnswer({ body, labels: [], createdAt: clock.now(), expiresAt: clock.now() + ttlMs });
}

describe('the memory tier', () => {
  it('gives back what was stored until it expires', () => {
    const tier = new MemoryTier(clock, marks, 1_000_000);
    tier.set('a', answer(Buffer.from('A')));
    clock.advance(MINUTE_MS - 1);
    expect(tier.get('a')?.body.toString()).toBe('A');
    clock.advance(1);
    expect(tier.get('a')).toBeUndefined();
    expect(tier.stats()).toMatchObject({ entries: 0, bytes: 0, hits: 1, misses: 1 });
  });

  it('does not take what has expired already', () => {
    const tier = new MemoryTier(clock, marks, 1_000_000);
    tier.set('a', answer(Buffer.from('A'), 0));
    expect(tier.stats().entries).toBe(0);
  });

  it('never holds more bytes than allowed and forgets the least recently used first', () => {
    const tier = new MemoryTier(clock, marks, 2 * ROOM_FOR_ONE);
    tier.set('a', answer(Buffer.alloc(100)));
    tier.set('b', answer(Buffer.alloc(100)));
    tier.get('a');
    tier.set('c', answer(Buffer.alloc(100)));
    expect(['a', 'b', 'c'].map((key) => tier.get(key) !== undefined)).toEqual([true, false, true]);
    for (let i = 0; i < 1_000; i++) {
      tier.set(`k${i}`, answer(Buffer.alloc(i)));
      expect(tier.stats().bytes).toBeLessThanOrEqual(2 * ROOM_FOR_ONE);
    }
  });

  it('does not take an answer larger than the whole tier', () => {
    const tier = new MemoryTier(clock, marks, ROOM_FOR_ONE);
    tier.set('a', answer(Buffer.alloc(101)));
    expect(tier.get('a')).toBeUndefined();
    tier.set('b', answer(Buffer.alloc(100)));
    expect(tier.get('b')).toBeDefined();
  });

  it('does not keep the block alive that a body was cut from', () => {
    const tier = new MemoryTier(clock, marks, 1_000_000);
    const block = Buffer.alloc(100_000, 'x');
    tier.set('a', answer(block.subarray(10, 20)));
    block.fill('y');
    expect(tier.get('a')?.body.toString()).toBe('xxxxxxxxxx');
    expect(tier.get('a')?.body.buffer.byteLength).toBe(10);
  });

  it('keeps the most recently used when it is made smaller, all when larger', () => {
    const tier = new MemoryTier(clock, marks, 3 * ROOM_FOR_ONE);
    for (const key of ['a', 'b', 'c']) tier.set(key, answer(Buffer.alloc(100)));
    tier.get('a');
    tier.resize(2 * ROOM_FOR_ONE);
    expect(['a', 'b', 'c'].map((key) => tier.get(key) !== undefined)).toEqual([true, false, true]);
    tier.resize(10 * ROOM_FOR_ONE);
    expect(tier.stats()).toMatchObject({ entries: 2, maxBytes: 10 * ROOM_FOR_ONE });
  });
});

describe('the memory tier and what answers carry', () => {
  const labelled = (...labels: string[]): CachedAnswer =>
    cachedAnswer({ createdAt: clock.now(), epoch: marks.epoch, labels, body: Buffer.alloc(100) });

  it('keeps an answer until it may not be served stale either', () => {
    const tier = new MemoryTier(clock, marks, 1_000_000);
    const [expiresAt, staleUntil] = [clock.now() + 10, clock.now() + 30];
    tier.set('a', cachedAnswer({ createdAt: clock.now(), expiresAt, staleUntil }));
    clock.advance(29);
    expect(tier.get('a')?.expiresAt).toBe(expiresAt);
    clock.advance(1);
    expect(tier.get('a')).toBeUndefined();
  });

  it('drops an answer that was invalidated, also one that was asked for often before', async () => {
    const tier = new MemoryTier(clock, marks, 1_000_000);
    tier.set('a', labelled('tag:x'));
    tier.set('b', labelled('tag:y'));
    await marks.invalidate({ tag: 'z' });
    expect(tier.get('a')).toBeDefined();
    await marks.invalidate({ tag: 'x' });
    expect(tier.get('a')).toBeUndefined();
    expect(tier.get('b')).toBeDefined();
    expect(tier.stats().entries).toBe(1);
  });

  it('drops an answer by a mark that arrives after a newer one', () => {
    const late = new MarkSet();
    const tier = new MemoryTier(clock, { isVoid: (answer) => late.voids(answer) }, 1_000_000);
    tier.set('a', labelled('tag:x'));
    late.add({ labels: ['tag:z'], epoch: marks.epoch + 200 });
    expect(tier.get('a')).toBeDefined();
    late.add({ labels: ['tag:x'], epoch: marks.epoch + 150 });
    expect(tier.get('a')).toBeUndefined();
  });

  it('counts labels in the size of an entry', () => {
    const tier = new MemoryTier(clock, marks, 1_000_000);
    tier.set('a', labelled());
    const { bytes } = tier.stats();
    tier.set('a', labelled('tag:x', 'tenant:acme'));
    expect(tier.stats().bytes).toBeGreaterThanOrEqual(bytes + 'tag:xtenant:acme'.length);
  });

  it('removes what has all the labels, and names what could still have been served', () => {
    const tier = new MemoryTier(clock, marks, 1_000_000);
    tier.set('both', labelled('tag:x', 'model:m'));
    tier.set('one', labelled('tag:x'));
    tier.set(
      'expired',
      cachedAnswer({ createdAt: clock.now(), expiresAt: clock.now() + 1, labels: ['tag:x', 'model:m'] }),
    );
    clock.advance(1);
    expect([...tier.remove(['model:m', 'tag:x'])]).toEqual(['both']);
    expect(tier.get('one')).toBeDefined();
    expect([...tier.remove([])]).toEqual(['one']);
    expect(tier.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });
});
