import { intentRelation, pairRelation } from './relations';

describe('whether two questions have one answer', () => {
  it('goes by the intent, and never for those out of scope', () => {
    const relation = intentRelation(['pin', 'card', 'pin', 'oos', 'oos']);
    expect([relation(0, 2), relation(0, 1), relation(3, 4)]).toEqual([true, false, false]);
  });

  describe('of judged pairs', () => {
    const texts = ['a', 'b', 'c', 'd', 'e'];
    const pairs = [
      { a: 'a', b: 'b', same: 1 },
      { a: 'b', b: 'c', same: 1 },
      { a: 'c', b: 'd', same: 0 },
    ] as const;
    const relation = pairRelation(texts, pairs, 'left out');

    it('goes through chains of the same', () => expect(relation(0, 2)).toBe(true));
    it('tells what differs from one of them apart from all', () =>
      expect([relation(3, 0), relation(1, 3)]).toEqual([false, false]));
    it('is unknown where nobody said anything', () => expect(relation(4, 0)).toBeNull());
    it('is different there in a crowded stream', () =>
      expect(pairRelation(texts, pairs, 'different')(4, 0)).toBe(false));
    it('believes a verdict on the pair itself', () => {
      const contradicted = [...pairs, { a: 'a', b: 'c', same: 0 }] as const;
      expect(pairRelation(texts, contradicted, 'left out')(0, 2)).toBe(false);
    });
  });
});
