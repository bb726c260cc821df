import type { Budget } from '../../../api/queries/budgets.queries';
import { byUse, isLimit, readThresholds, writeThresholds } from './budget-order';

describe('budgets', () => {
  it('are in the order of what is used of them', () => {
    const budgets = [
      { id: 'a', spentUsd: '1', limitUsd: '10' },
      { id: 'b', spentUsd: '6', limitUsd: '5' },
      { id: 'c', spentUsd: '0.9', limitUsd: '1' },
    ] as Budget[];
    expect(budgets.sort(byUse).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  });

  it.each([
    ['50, 80, 100', [0.5, 0.8, 1]],
    ['100% 80%;80', [0.8, 1]],
    ['', []],
    ['12.25', [0.1225]],
    ['most', null],
    ['0', null],
    ['-5', null],
  ])('warn at %p', (text, shares) => expect(readThresholds(text)).toEqual(shares));

  it('tell thresholds as they were entered', () => expect(writeThresholds([0.07, 0.5, 1])).toBe('7, 50, 100'));

  it('have limits that the relay can count', () => {
    expect(['500', '0.25', '0.000000001'].every(isLimit)).toBe(true);
    expect(['', '0', '-1', '1e3', '0.0000000001', '1,5', '1000000000'].some(isLimit)).toBe(false);
  });
});
