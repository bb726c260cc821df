import { SlotBooks, turn } from '../../test/slot-books';

/** As in production: a lease of 6 s, renewed each 1.2 s. */
const LEASE_MS = 6_000;
const BEAT_MS = 1_200;

const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0);

describe('SlotBook', () => {
  let books: SlotBooks;

  beforeEach(() => {
    books = new SlotBooks();
  });

  const sizes = (...processes: { block: { size: number } }[]) => processes.map(({ block }) => block.size);
  async function three(limit: number) {
    const all = [await books.start(limit), await books.start(limit), await books.start(limit)] as const;
    await books.clock.advanceAsync(3 * BEAT_MS);
    return all;
  }

  it('has the whole limit while it is alone, and divides it with those who come', async () => {
    const a = await books.start(10);
    expect(sizes(a)).toEqual([10]);
    const b = await books.start(10);
    await books.clock.advanceAsync(2 * BEAT_MS);
    expect(sizes(a, b)).toEqual([5, 5]);
  });

  it('gives a process in need what the others do not use, at once', async () => {
    const [a, b, c] = await three(30);
    expect(sizes(a, b, c)).toEqual([10, 10, 10]);
    b.use(2);
    a.use(10, 40);
    await turn();
    expect(sizes(a, b, c)).toEqual([28, 2, 0]);
  });

  it('gives back slots that others are due as they fall free, one by one', async () => {
    const [a, b] = [await books.start(4), await books.start(4)];
    await books.clock.advanceAsync(2 * BEAT_MS);
    a.use(2, 9);
    await turn();
    a.use(4, 9);
    expect(sizes(a, b)).toEqual([4, 0]);
    b.use(0, 5);
    await turn();
    expect(sizes(a, b)).toEqual([4, 0]);
    for (const [inUse, ...expected] of [
      [3, 3, 1],
      [2, 2, 2],
    ]) {
      a.use(inUse!, 9);
      expect(a.block.size).toBe(inUse); // not for itself, though requests wait here as well
      await books.clock.advanceAsync(100);
      expect(sizes(a, b)).toEqual(expected);
    }
    a.use(1, 9);
    await books.clock.advanceAsync(BEAT_MS);
    expect(sizes(a, b)).toEqual([2, 2]);
  });

  it('does not ask on for what it cannot get, nor more than 50 times a second', async () => {
    const [a, b] = [await books.start(400), await books.start(400)];
    await books.clock.advanceAsync(2 * BEAT_MS);
    const before = b.ledger.asked;
    for (let needed = 1; needed <= 300; needed++) {
      b.use(Math.min(needed, b.block.size), needed);
      await books.clock.advanceAsync(1);
    }
    expect(b.ledger.asked - before).toBeLessThanOrEqual(5 + 300 / 20 + 1);
    a.use(200, 900);
    b.use(200, 900);
    await books.clock.advanceAsync(BEAT_MS);
    const saturated = b.ledger.asked;
    for (let i = 0; i < 100; i++) b.use(200, 900 + i);
    await books.clock.advanceAsync(100);
    expect(b.ledger.asked - saturated).toBeLessThanOrEqual(1);
  });

  it.each([
    [10, [4, 3, 3]],
    [2, [1, 1, 1]], // beyond the limit, for as long as nobody can say whose turn it is
  ])('goes by the processes that it knew last while the ledger is away: %p slots', async (limit, parts) => {
    const all = await three(limit);
    all[0].use(0, limit);
    await turn();
    const held = sizes(...all);
    for (const { ledger } of all) ledger.cut = true;
    await books.clock.advanceAsync(LEASE_MS - 2 * BEAT_MS);
    expect(sizes(...all)).toEqual(held);
    await books.clock.advanceAsync(3 * BEAT_MS);
    expect(sizes(...all)).toEqual(parts);
    await books.clock.advanceAsync(60_000);
    expect(sizes(...all)).toEqual(parts);
    for (const { ledger } of all) ledger.cut = false;
    for (let ms = 0; ms < LEASE_MS; ms += 100) {
      await books.clock.advanceAsync(100);
      expect(sum(sizes(...all))).toBeLessThanOrEqual(Math.max(limit, sum(parts)));
    }
    expect(sum(sizes(...all))).toBeLessThanOrEqual(limit);
    expect(sizes(all[0])).toEqual([limit]);
    for (const { said } of all) expect(said).toEqual(['lost', 'restored']);
  });

  it('shares out at once what is free when all processes are back at a ledger that lost its memory', async () => {
    const all = await three(12);
    const [a, b, c] = all;
    for (const { ledger } of all) ledger.cut = true;
    books.forget();
    await books.clock.advanceAsync(2 * LEASE_MS);
    a.use(4, 30);
    b.use(1);
    for (const { ledger } of all) {
      ledger.mend();
      await turn();
      expect(sizes(...all).reduce((sum, size) => sum + size)).toBeLessThanOrEqual(12);
    }
    await books.clock.advanceAsync(20); // no more than so many questions at once
    expect(sizes(a, b, c)).toEqual([11, 1, 0]);
  });

  it('does not believe an answer that comes after the lease that it speaks of', async () => {
    const [a, b] = [await books.start(10), await books.start(10)];
    await books.clock.advanceAsync(2 * BEAT_MS);
    a.ledger.slowMs = LEASE_MS + 1;
    await books.clock.advanceAsync(LEASE_MS + BEAT_MS - 1); // the last good answer has run out, the slow one is under way
    expect(sizes(a)).toEqual([0]);
    await books.clock.advanceAsync(2);
    expect(sizes(a)).toEqual([5]); // as if the ledger were away
    expect(sizes(b)[0]).toBeLessThanOrEqual(10);
    expect(a.said).toEqual(['lost']);
  });

  it('starts with nothing while the ledger is away, and goes by itself after a second', async () => {
    const a = await books.start(8);
    a.ledger.cut = true;
    const usage = { inUse: 0, needed: 0 };
    const late = a.book.block('q', 6, usage, () => undefined);
    await turn();
    expect(late.size).toBe(0);
    await books.clock.advanceAsync(BEAT_MS);
    expect(late.size).toBe(6);
    expect(a.book.reachable).toBe(false);
    expect(a.book.block('r', 4, usage, () => undefined).size).toBe(4); // known by now
  });

  it('asks again soon when an answer was lost, and not all the time while all are', async () => {
    const [a, b] = [await books.start(10), await books.start(10)];
    await books.clock.advanceAsync(2 * BEAT_MS);
    b.ledger.losing = true;
    a.use(5, 20); // the other one is called upon, and gives all
    await turn();
    expect(sizes(b)).toEqual([0]);
    b.use(0, 20);
    await turn();
    b.ledger.losing = false;
    await books.clock.advanceAsync(100);
    expect(sizes(a, b)).toEqual([5, 5]);
    a.ledger.cut = true;
    const before = a.ledger.asked;
    for (let i = 0; i < 1_000; i++) {
      a.use(5, 20 + i);
      await books.clock.advanceAsync(10);
    }
    expect(a.ledger.asked - before).toBeLessThanOrEqual(5 + 2 * (10_000 / 800));
  });

  it('goes by itself as soon as its lease ends, in a second outage as in the first', async () => {
    const [a] = [await books.start(10), await books.start(10)];
    await books.clock.advanceAsync(2 * BEAT_MS);
    a.ledger.cut = true;
    await books.clock.advanceAsync(2 * LEASE_MS);
    a.ledger.mend();
    await turn();
    a.use(0, 10);
    await books.clock.advanceAsync(BEAT_MS);
    expect(sizes(a)).toEqual([10]);
    a.ledger.slowMs = 3 * LEASE_MS;
    await books.clock.advanceAsync(LEASE_MS + BEAT_MS);
    expect(sizes(a)).toEqual([0]); // it still waits for the answer
  });

  it('keeps the slots of which the ledger answers where it says nothing of others', async () => {
    const a = await books.start(8);
    const usage = { inUse: 0, needed: 0 };
    const other = a.book.block('q', 6, usage, () => undefined);
    await turn();
    a.ledger.mute.add('q');
    await books.clock.advanceAsync(3 * LEASE_MS);
    expect([a.block.size, other.size]).toEqual([8, 6]);
    expect([a.book.reachable, other.processes]).toEqual([true, 1]);
    expect(a.said).toEqual(['lost']);
    a.ledger.mute.clear();
    await books.clock.advanceAsync(BEAT_MS);
    expect(a.said).toEqual(['lost', 'restored']);
  });

  it('renews the slots of many that nobody uses more rarely, and loses none', async () => {
    const a = await books.start(8);
    const idle = { inUse: 0, needed: 0 };
    const blocks = Array.from({ length: 150 }, (_, i) => a.book.block(`t${i}`, 4, idle, () => undefined));
    const busy = a.book.block('busy', 4, { inUse: 2, needed: 2 }, () => undefined);
    await books.clock.advanceAsync(2 * LEASE_MS);
    a.ledger.renewed.clear();
    for (let ms = 0; ms < 9 * BEAT_MS; ms += 100) {
      await books.clock.advanceAsync(100);
      expect(blocks.every(({ size }) => size === 4)).toBe(true);
    }
    expect([a.ledger.renewed.get('t7'), a.ledger.renewed.get('busy')]).toEqual([3, 9]);
    expect(busy.size).toBe(4);
  });

  it('tells the others at once that the limit sank', async () => {
    const [a, b] = [await books.start(10), await books.start(10)];
    await books.clock.advanceAsync(2 * BEAT_MS);
    a.block.setLimit(4);
    expect(a.block.size).toBe(4);
    await turn();
    expect(a.block.size + b.block.size).toBeLessThanOrEqual(4);
    expect(b.block.poolLimit).toBe(4);
    await books.clock.advanceAsync(BEAT_MS);
    expect(sizes(a, b)).toEqual([2, 2]);
    a.block.setLimit(10);
    await books.clock.advanceAsync(2 * BEAT_MS);
    expect(sizes(a, b)).toEqual([5, 5]);
  });

  it('leaves its slots to the others when it stops', async () => {
    const [a, b] = [await books.start(3), await books.start(3)];
    a.use(3);
    await books.clock.advanceAsync(2 * BEAT_MS);
    b.use(0, 3);
    await turn();
    a.use(2);
    await a.book.close();
    await turn();
    expect(sizes(b)).toEqual([3]);
  });

  it('takes back the slots of a process that died within a lease and a heartbeat', async () => {
    const [a, b] = [await books.start(3), await books.start(3)];
    a.use(3);
    await books.clock.advanceAsync(BEAT_MS);
    a.ledger.cut = true;
    b.use(0, 3);
    await books.clock.advanceAsync(LEASE_MS - BEAT_MS);
    expect(sizes(b)[0]).toBeLessThanOrEqual(0);
    await books.clock.advanceAsync(2 * BEAT_MS);
    expect(sizes(b)).toEqual([3]);
  });
});
