import { targetKey } from '@relay/contracts';
import { configOf } from '../test/policy-fixtures';
import { catalogueOf } from './model-catalogue';

describe('what plans know of the price of a target', () => {
  const price = (usd: number) => ({ inputPerMTok: usd, outputPerMTok: usd, currency: 'USD' as const });
  const config = configOf({}, [
    { id: 'said', price: price(3), targets: [{ provider: 'a', model: 'up' }] },
    {
      id: 'spread',
      price: price(3),
      targets: [
        { provider: 'a', model: 'up', price: price(2) },
        { provider: 'b', model: 'up' },
      ],
    },
    {
      id: 'unsaid',
      targets: [
        { provider: 'a', model: 'up' },
        { provider: 'b', model: 'unknown' },
      ],
    },
  ]);
  const listed = { price: price(1), version: 'list@1', matched: 'a/up' };
  const catalogued = new Map([[targetKey('a', 'up'), listed]]);
  const pricesOf = (id: string) =>
    catalogueOf({ ...config, catalogued })
      .byId.get(id)
      ?.targets.map((target) => target.price?.inputPerMTok ?? null);

  it('is its own before that of its model, and that of the catalogue where neither is said', () => {
    expect(pricesOf('said')).toEqual([3]);
    expect(pricesOf('spread')).toEqual([2, 3]);
    expect(pricesOf('unsaid')).toEqual([1, null]);
  });
});
