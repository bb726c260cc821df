import { type PricedModel, strongestModel } from './strongest-model';

const model = (id: string, tier: PricedModel['tier'], inputPerMTok: number, outputPerMTok: number): PricedModel => ({
  ...{ id, tier, inputPerMTok, cachedInputPerMTok: inputPerMTok, outputPerMTok },
});
const MODELS = [model('nano', 'basic', 50, 90), model('large', 'advanced', 2, 8), model('thinker', 'advanced', 1, 12)];

it('the strongest model is the dearest of the highest tier, not the dearest of all', () => {
  expect(strongestModel(MODELS, null)?.id).toBe('thinker'); // 3 x 1 + 12 against 3 x 2 + 8
});

it('the strongest model is one that the tenant may use', () => {
  expect(strongestModel(MODELS, ['nano', 'large'])?.id).toBe('large');
  expect(strongestModel(MODELS, ['nano', 'gone'])?.id).toBe('nano');
  expect(strongestModel(MODELS, [])).toBeNull();
});
