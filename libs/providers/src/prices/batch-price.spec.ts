import type { PriceInForce } from '@relay/config';
import { withBatchPrice } from './batch-price';

const inForce = (more: object = {}): PriceInForce => ({
  price: { inputPerMTok: 0.1, cachedInputPerMTok: 0.7, outputPerMTok: 0.3, currency: 'USD', ...more },
  version: 'list@1',
  matched: null,
});

describe('the price of a call through a provider’s own batches', () => {
  it('is less by the discount, to the digit', () => {
    const { price, batchVersion } = withBatchPrice(inForce({ above: [{ inputTokens: 9, outputPerMTok: 1.1 }] }), 0.3);
    expect(price.batch).toEqual({
      ...{ inputPerMTok: 0.07, cachedInputPerMTok: 0.49, outputPerMTok: 0.21 },
      above: [{ inputTokens: 9, outputPerMTok: 0.77 }],
    });
    expect(price.inputPerMTok).toBe(0.1);
    expect(batchVersion).toBe('list@1 less 0.3');
  });

  it('is what the price itself says, where it does', () => {
    const said = inForce({ batch: { inputPerMTok: 0.09, outputPerMTok: 0.2 } });
    expect(withBatchPrice(said, 0.5)).toBe(said);
  });

  it('is that of any other call where nobody says anything', () => {
    expect(withBatchPrice(inForce(), 0).price.batch).toBeUndefined();
  });
});
