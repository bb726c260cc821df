import { FakeClock } from '@relay/testing';
import { toNanos } from '../domain/budgets/budget';
import type { BudgetEntry, BudgetVerdict } from '../ports/budget-store.port';
import { MemoryBudgetStore } from './adapters/memory-budget-store';
import { type CommonBudgetStore, SharedBudgetStore } from './adapters/shared-budget-store';

const ACCOUNT = { name: '2026-11', limit: toNanos(1), stored: 0, keptSeconds: 60 };
const ASK = { tenantId: 'acme', accounts: [ACCOUNT], amount: toNanos(0.2) };
const COST = toNanos(0.1);
/** The rhythm in which a store that is away is tried, ms. */
const RETRY_MS = 2_000;
const MINUTE_MS = 60_000;

/** Accounts that the test takes away, and that may answer late. */
class Common implements CommonBudgetStore {
  away: 'no' | 'fails' | 'silent' = 'no';
  readonly settled: number[] = [];
  private answers: (() => void)[] = [];

  async reserve(): Promise<BudgetVerdict> {
    const settle = async (spent: number): Promise<void> => {
      await this.answer();
      this.settled.push(spent);
    };
    await this.answer();
    return { granted: true, entry: { settle }, sums: [{ spent: 0, held: 0 }] };
  }

  held(): ReadonlyMap<string, number> {
    return new Map();
  }

  ping(): Promise<void> {
    return this.away === 'no' ? Promise.resolve() : Promise.reject(new Error('still away'));
  }

  answerLate(): void {
    this.away = 'no';
    for (const answer of this.answers.splice(0)) answer();
  }

  private answer(): Promise<void> {
    if (this.away === 'fails') return Promise.reject(new Error('connection lost'));
    return this.away === 'no' ? Promise.resolve() : new Promise((resolve) => this.answers.push(resolve));
  }
}

describe('settlements of shared budgets', () => {
  let clock: FakeClock;
  let common: Common;
  let store: SharedBudgetStore;

  beforeEach(() => {
    clock = new FakeClock();
    common = new Common();
    const health = { lost: () => undefined, restored: () => undefined };
    store = new SharedBudgetStore(common, new MemoryBudgetStore(clock), clock, health);
  });

  const hold = async (): Promise<BudgetEntry> => {
    const verdict = await store.reserve(ASK);
    if (!verdict.granted) throw new Error('it was refused');
    return verdict.entry;
  };
  const comesBack = async (): Promise<void> => {
    common.away = 'no';
    await clock.advanceAsync(RETRY_MS);
    await clock.advanceAsync(0);
  };

  it('that failed are made when the accounts are back, though nobody asks for a hold', async () => {
    const [first, second] = [await hold(), await hold()];
    common.away = 'fails';
    await first.settle(COST);
    await second.settle(COST); // nobody waits for what is away
    await clock.advanceAsync(3 * RETRY_MS);
    expect(common.settled).toEqual([]);
    await comesBack();
    expect(common.settled).toEqual([COST, COST]);
    await clock.advanceAsync(MINUTE_MS);
    expect([common.settled.length, clock.pending]).toEqual([2, 0]);
  });

  it('that were answered late are not made again', async () => {
    const entry = await hold();
    common.away = 'silent';
    const settling = Promise.resolve(entry.settle(COST));
    await clock.advanceAsync(1_000);
    await settling;
    common.answerLate();
    await comesBack();
    expect(common.settled).toEqual([COST]);
  });

  it('of a grant that came late are made, be it while the accounts are away', async () => {
    common.away = 'silent';
    const pending = store.reserve(ASK);
    await clock.advanceAsync(1_000);
    await pending;
    common.answerLate();
    await clock.advanceAsync(0);
    await comesBack();
    expect(common.settled).toEqual([0]);
  });

  it('leave it to the traces to say what was spent a minute ago, and release what was held', async () => {
    const [lost, unsent] = [await hold(), await hold()];
    common.away = 'fails';
    await lost.settle(COST); // it may have arrived
    await unsent.settle(COST);
    await clock.advanceAsync(MINUTE_MS);
    await comesBack();
    expect(common.settled).toEqual([0]);
  });

  it('are kept in bounded number', async () => {
    const entries = await Promise.all(Array.from({ length: 10_050 }, hold));
    common.away = 'fails';
    for (const entry of entries) await entry.settle(COST);
    await comesBack();
    expect(common.settled).toHaveLength(10_000);
  });
});
