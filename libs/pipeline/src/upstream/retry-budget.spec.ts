import { BUDGET_WINDOW_MS, MIN_RETRIES, RetryBudget } from './retry-budget';

/** How many retries are allowed at this moment. */
function take(budget: RetryBudget, now: number): number {
  let taken = 0;
  while (budget.withdraw(now)) taken++;
  return taken;
}

describe('a retry budget', () => {
  it('allows a few retries where there are few requests', () => {
    expect(take(new RetryBudget(), 0)).toBe(MIN_RETRIES);
  });

  it('allows the share of the first attempts beyond that, to the last one', () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 100; i++) budget.deposit(0.1, i);
    expect(take(budget, 100)).toBe(MIN_RETRIES + 10);
  });

  it('never lets retries exceed their share, whatever the order in which they come', () => {
    const budget = new RetryBudget();
    let retries = 0;
    for (let i = 0; i < 1_000; i++) {
      budget.deposit(0.2, i);
      if (budget.withdraw(i)) retries++;
    }
    expect(retries).toBe(MIN_RETRIES + 200);
  });

  it('forgets first attempts and retries after ten seconds', () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 100; i++) budget.deposit(1, 0);
    expect(take(budget, BUDGET_WINDOW_MS)).toBe(MIN_RETRIES);
    expect(take(budget, 2 * BUDGET_WINDOW_MS - 1)).toBe(0);
    expect(take(budget, 2 * BUDGET_WINDOW_MS)).toBe(MIN_RETRIES);
  });

  it('starts anew after a long silence', () => {
    const budget = new RetryBudget();
    expect(take(budget, 5)).toBe(MIN_RETRIES);
    expect(take(budget, 3_600_000)).toBe(MIN_RETRIES);
  });

  it('asks without taking', () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 50; i++) expect(budget.canWithdraw(0)).toBe(true);
    expect(take(budget, 0)).toBe(MIN_RETRIES);
    expect(budget.canWithdraw(0)).toBe(false);
  });
});
