import { LiveBag, LiveMap, LiveSet } from './live-map';

describe('LiveMap', () => {
  it('gives what was set last, and forgets what was deleted', () => {
    const map = new LiveMap<string, object>();
    const [first, second] = [{}, {}];
    map.set('a', first);
    map.set('a', second);
    expect([map.size, map.get('a'), map.has('a')]).toEqual([1, second, true]);
    expect([map.delete('a'), map.delete('a')]).toEqual([true, false]);
    expect([map.size, map.get('a'), map.has('a')]).toEqual([0, undefined, false]);
  });

  it('keeps the order in which entries came, also where a place was used before', () => {
    const map = new LiveMap<string, number>();
    for (const [i, key] of ['a', 'b', 'c', 'd'].entries()) map.set(key, i);
    map.delete('b');
    map.set('e', 4);
    map.set('a', 10);
    expect([...map]).toEqual([
      ['a', 10],
      ['c', 2],
      ['d', 3],
      ['e', 4],
    ]);
    expect([...map.values()]).toEqual([10, 2, 3, 4]);
  });

  it('passes over what is deleted while it is gone through', () => {
    const map = new LiveMap<number, string>();
    for (let i = 0; i < 5; i++) map.set(i, `v${i}`);
    const seen: string[] = [];
    for (const [key, value] of map) {
      seen.push(value);
      map.delete(key);
      map.delete(key + 1);
    }
    expect(seen).toEqual(['v0', 'v2', 'v4']);
    expect(map.size).toBe(0);
  });

  it('is empty after clear, and takes new entries', () => {
    const map = new LiveMap<number, string>();
    map.set(1, 'a');
    map.clear();
    map.set(2, 'b');
    expect([...map]).toEqual([[2, 'b']]);
  });
});

describe('LiveSet', () => {
  it('lets each member leave by its own number, once', () => {
    const set = new LiveSet<string>();
    const [a, b] = [set.add('x'), set.add('x')];
    expect([set.delete(a), set.delete(a), set.size]).toEqual([true, false, 1]);
    const c = set.add('y');
    expect([...set]).toEqual(['x', 'y']);
    expect([set.delete(b), set.delete(c), [...set]]).toEqual([true, true, []]);
  });
});

describe('LiveBag', () => {
  it('lets each member leave by its own number, once, whoever has its place by then', () => {
    const bag = new LiveBag<string>();
    const [a, b] = [bag.add('x'), bag.add('x')];
    expect([bag.delete(a), bag.delete(a), bag.size]).toEqual([true, false, 1]);
    const c = bag.add('y');
    expect([bag.delete(a), bag.delete(0), [...bag].sort()]).toEqual([false, false, ['x', 'y']]);
    expect([bag.delete(b), bag.delete(c), [...bag], bag.size]).toEqual([true, true, [], 0]);
  });

  it('passes over what leaves while it is gone through, and needs no more places than are taken at a time', () => {
    const bag = new LiveBag<number>();
    const numbers = Array.from({ length: 4 }, (_, n) => bag.add(n));
    const seen: number[] = [];
    for (const n of bag) {
      seen.push(n);
      bag.delete(numbers[n + 1] ?? 0);
    }
    expect(seen).toEqual([0, 2]);
    for (let n = 0; n < 10_000; n++) bag.delete(bag.add(n));
    expect([bag['members'].length, bag.size]).toEqual([4, 2]);
  });
});
