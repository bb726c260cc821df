import { toNanos } from '../src/domain/budgets/budget';
import type { BudgetStore, BudgetVerdict } from '../src/ports/budget-store.port';

interface Changes {
  readonly tenantId?: string;
  readonly name?: string;
  readonly limit?: number;
  readonly stored?: number;
}

const account = ({ name = '2026-11', limit = toNanos(1), stored = 0 }: Changes = {}) => ({
  ...{ name, limit, stored, keptSeconds: 60 },
});
const ask = (usd: number, { tenantId = 'acme', ...changes }: Changes = {}) => ({
  ...{ tenantId, accounts: [account(changes)], amount: toNanos(usd) },
});

function entryOf(verdict: BudgetVerdict) {
  if (!verdict.granted) throw new Error('it was refused');
  return verdict.entry;
}

/** What holds for accounts wherever they are kept. `open` gives an empty store. */
export function describeBudgetStore(name: string, open: () => BudgetStore): void {
  describe(name, () => {
    let store: BudgetStore;
    beforeEach(() => (store = open()));

    it('holds no more than there is, however many ask at once', async () => {
      const verdicts = await Promise.all(Array.from({ length: 200 }, async () => store.reserve(ask(0.03))));
      expect(verdicts.filter(({ granted }) => granted)).toHaveLength(33);
    });

    it('counts what was really spent, instead of what was held', async () => {
      const entry = entryOf(await store.reserve(ask(0.9)));
      expect((await store.reserve(ask(0.2))).granted).toBe(false);
      await entry.settle(toNanos(0.3));
      expect(await store.reserve(ask(0.7))).toMatchObject({ granted: true, sums: [{ spent: toNanos(0.3), held: 0 }] });
      expect(await store.reserve(ask(0.01))).toMatchObject({
        granted: false,
        short: 0,
        sums: [{ held: toNanos(0.7) }],
      });
    });

    it('counts what was spent without a hold beside what others hold', async () => {
      const others = entryOf(await store.reserve(ask(0.5)));
      const none = entryOf(await store.reserve(ask(0)));
      await none.settle(toNanos(0.2));
      expect(await store.reserve(ask(0.4))).toMatchObject({
        granted: false,
        sums: [{ spent: toNanos(0.2), held: toNanos(0.5) }],
      });
      await others.settle(toNanos(0.1));
      expect(await store.reserve(ask(0))).toMatchObject({ sums: [{ spent: toNanos(0.3), held: 0 }] });
    });

    it('begins with what the traces add up to, and believes them where they know more', async () => {
      expect(await store.reserve(ask(0.5, { stored: toNanos(0.6) }))).toMatchObject({ granted: false });
      const entry = entryOf(await store.reserve(ask(0.1, { stored: toNanos(0.4) })));
      await entry.settle(toNanos(0.1));
      expect(await store.reserve(ask(0.4))).toMatchObject({ granted: false, sums: [{ spent: toNanos(0.7) }] });
      expect(await store.reserve(ask(0.3))).toMatchObject({ granted: true });
    });

    it('has an account for each tenant and each month', async () => {
      await store.reserve(ask(1));
      expect((await store.reserve(ask(1, { tenantId: 'globex' }))).granted).toBe(true);
      expect((await store.reserve(ask(1, { name: '2026-12' }))).granted).toBe(true);
      expect((await store.reserve(ask(1))).granted).toBe(false);
    });

    it('holds in all accounts of a request or in none, and says which has no room', async () => {
      const both = (usd: number) => ({
        ...ask(usd),
        accounts: [account(), account({ name: '2026-11-22', limit: toNanos(0.5) }), account({ name: 'key:k:2026-11' })],
      });
      const entry = entryOf(await store.reserve(both(0.4)));
      expect(await store.reserve(both(0.2))).toMatchObject({ granted: false, short: 1 });
      expect(await store.held('acme', ['2026-11', '2026-11-22', 'key:k:2026-11'])).toEqual(
        new Map([
          ['2026-11', toNanos(0.4)],
          ['2026-11-22', toNanos(0.4)],
          ['key:k:2026-11', toNanos(0.4)],
        ]),
      );
      await entry.settle(toNanos(0.3));
      expect(await store.reserve(both(0.2))).toMatchObject({
        granted: true,
        sums: [{ spent: toNanos(0.3), held: 0 }, { spent: toNanos(0.3) }, { spent: toNanos(0.3) }],
      });
    });

    it('holds no more than the tightest account has, however many ask at once', async () => {
      const day = account({ name: '2026-11-22', limit: toNanos(0.1) });
      const asked = Array.from({ length: 100 }, async (_each, n) =>
        store.reserve({ ...ask(0.01), accounts: n % 2 === 0 ? [account(), day] : [day, account()] }),
      );
      const verdicts = await Promise.all(asked);
      expect(verdicts.filter(({ granted }) => granted)).toHaveLength(10);
      expect((await store.held('acme', ['2026-11'])).get('2026-11')).toBe(toNanos(0.1));
    });
  });
}
