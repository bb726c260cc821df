import type { RateScope } from '../src/domain/rates/rates';
import type { RateStore, RateVerdict } from '../src/ports/rate-store.port';

const ONE = { requests: 1, tokens: 0 };
const tokens = (count: number) => ({ requests: 1, tokens: count });

const tenant = (limits: RateScope['limits'], id = 'acme'): RateScope => ({ kind: 'tenant', id, limits });
const key = (limits: RateScope['limits']): RateScope => ({ kind: 'key', id: 'ci', limits });

function entryOf(verdict: RateVerdict) {
  if (!verdict.granted) throw new Error('it was refused');
  return verdict.entry;
}

function refusalOf(verdict: RateVerdict) {
  if (verdict.granted) throw new Error('it was granted');
  return verdict.refusal;
}

/** What holds for windows wherever they are kept. `open` gives an empty store. */
export function describeRateStore(name: string, open: () => RateStore): void {
  describe(name, () => {
    let store: RateStore;
    beforeEach(() => (store = open()));

    it('grants what the limit says and no more', async () => {
      const verdicts = await Promise.all(
        Array.from({ length: 50 }, async () => store.reserve([tenant({ requests: 7 })], ONE)),
      );
      expect(verdicts.filter(({ granted }) => granted)).toHaveLength(7);
    });

    it('names the scope and the kind that refuse, and the time until there is room', async () => {
      await store.reserve([key({ tokens: 100 })], tokens(80));
      const scopes = [tenant({ requests: 10 }), key({ tokens: 100 })];
      const refusal = refusalOf(await store.reserve(scopes, tokens(30)));
      expect(refusal).toMatchObject({ scope: key({ tokens: 100 }), kind: 'tokens', limit: 100, asked: 30 });
      expect(refusal.waitMs).toBeGreaterThan(58_000);
      expect(refusal.waitMs).toBeLessThanOrEqual(61_000);
      expect(refusal.standings).toMatchObject([{ requests: { remaining: 10 } }, { tokens: { remaining: 20 } }]);
    });

    it('charges no scope for what another one refuses', async () => {
      const scopes = [tenant({ requests: 2 }), key({ requests: 1 })];
      expect((await store.reserve(scopes, ONE)).granted).toBe(true);
      expect((await store.reserve(scopes, ONE)).granted).toBe(false);
      expect((await store.reserve([tenant({ requests: 2 })], ONE)).granted).toBe(true);
      expect((await store.reserve([tenant({ requests: 2 })], ONE)).granted).toBe(false);
    });

    it('keeps scopes of one name apart by their kind, and those of one kind by their name', async () => {
      await store.reserve([tenant({ requests: 1 })], ONE);
      const others: RateScope[] = [
        { kind: 'model', id: 'acme', limits: { requests: 1 } },
        tenant({ requests: 1 }, 'globex'),
      ];
      expect((await store.reserve(others, ONE)).granted).toBe(true);
    });

    it('tells what is left, with this request counted, and of limits only', async () => {
      const verdict = await store.reserve([tenant({ requests: 5 }), key({ tokens: 100 })], tokens(40));
      expect(verdict).toMatchObject({
        standings: [
          { requests: { limit: 5, remaining: 4 }, tokens: null },
          { requests: null, tokens: { limit: 100, remaining: 60 } },
        ],
      });
    });

    it('gives back what was predicted and not used', async () => {
      const scope = [tenant({ tokens: 100 })];
      const entry = entryOf(await store.reserve(scope, tokens(90)));
      expect((await store.reserve(scope, tokens(20))).granted).toBe(false);
      await entry.correct({ requests: 0, tokens: -70 });
      expect((await store.reserve(scope, tokens(80))).granted).toBe(true);
      expect((await store.reserve(scope, tokens(1))).granted).toBe(false);
    });

    it('counts what was used beyond the prediction', async () => {
      const scope = [tenant({ tokens: 100 })];
      const entry = entryOf(await store.reserve(scope, tokens(10)));
      await entry.correct({ requests: 0, tokens: 85 });
      expect(refusalOf(await store.reserve(scope, tokens(10))).kind).toBe('tokens');
      expect((await store.reserve(scope, tokens(5))).granted).toBe(true);
    });

    it('forgets a request that came to nothing', async () => {
      const scope = [tenant({ requests: 1, tokens: 100 })];
      const entry = entryOf(await store.reserve(scope, tokens(100)));
      await entry.correct({ requests: -1, tokens: -100 });
      expect((await store.reserve(scope, tokens(100))).granted).toBe(true);
    });

    it('never counts below nothing', async () => {
      const scope = [tenant({ tokens: 100 })];
      const entry = entryOf(await store.reserve(scope, tokens(10)));
      await entry.correct({ requests: 0, tokens: -50 });
      expect((await store.reserve(scope, tokens(101))).granted).toBe(false);
    });
  });
}
