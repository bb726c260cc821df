import type { OperatingPoint } from './operating-points';
import { routingRow } from './routing-table';
import { Serving } from './serving';

// 0.006 USD for 1,000 such requests and, at 60 times the price, 0.36 USD.
const models = ['mistral-7b-instruct-v0.3', 'gpt-4-1106'];
const row = routingRow('What is the capital of France?', null, models, [1, 1], 5);
const serving = new Serving(models, [row]);

const served = (point: OperatingPoint, small: number, large: number): string | undefined => {
  const learned = new Map([
    ['mistral-7b-instruct-v0.3', small],
    ['gpt-4-1106', large],
  ]);
  const [choice = -1] = serving.choices(point, [row], [learned]);
  return models[choice];
};

describe('what the relay would serve', () => {
  const difference = ((row.usd[1] ?? 0) - (row.usd[0] ?? 0)) * 1_000;

  it('is the best at any price, the cheapest for price alone, and the cheaper of equals', () => {
    expect(served({ strategy: 'content' }, 0.5, 0.6)).toBe('gpt-4-1106');
    expect(served({ strategy: 'content' }, 0.6, 0.6)).toBe('mistral-7b-instruct-v0.3');
    expect(served({ strategy: 'cost' }, 0.1, 0.9)).toBe('mistral-7b-instruct-v0.3');
  });

  it('is the cheapest that meets the floor', () => {
    expect(served({ strategy: 'cost', qualityFloor: 0.5 }, 0.6, 0.9)).toBe('mistral-7b-instruct-v0.3');
    expect(served({ strategy: 'cost', qualityFloor: 0.7 }, 0.6, 0.9)).toBe('gpt-4-1106');
  });

  it('costs more only where the gain is worth it to the policy', () => {
    const weights = { quality: 1, cost: 0.4 / difference, latency: 0, load: 0 };
    expect(served({ strategy: 'hybrid', weights }, 0.2, 0.7)).toBe('gpt-4-1106');
    expect(served({ strategy: 'hybrid', weights }, 0.4, 0.7)).toBe('mistral-7b-instruct-v0.3');
  });

  it('follows the capabilities that the training rows show where nothing was learned of the prompt', () => {
    const seen = routingRow('What is the capital of Spain?', null, models, [0, 1], 5);
    const byTable = new Serving(models, [seen, seen]);
    expect(byTable.choices({ strategy: 'content' }, [row], [null])).toEqual([1]);
  });
});
