import * as fc from 'fast-check';
import type { SlotClaim, SlotGrant, SlotLedger } from '../src/ports/slot-ledger.port';
import { CONTRACT_LEASE_MS, LedgerUser } from './ledger-user';

/** Ledgers of several processes with one truth, whose time the test moves. */
export interface SlotLedgerBench {
  ledger(processId: string): SlotLedger;
  /** Time passes on the ledger's clock. */
  pass(ms: number): Promise<void>;
  /** The ledger loses its memory. */
  forget(): Promise<void>;
}

type Step =
  | { readonly kind: 'beat'; readonly who: number; readonly needed: number; readonly spare: number }
  | { readonly kind: 'use'; readonly who: number; readonly slots: number }
  | { readonly kind: 'limit'; readonly who: number; readonly limit: number }
  | { readonly kind: 'leave' | 'die'; readonly who: number }
  | { readonly kind: 'pass'; readonly parts: number };

const who = fc.nat(4);
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('beat' as const), who, needed: fc.nat(12), spare: fc.nat(3) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('use' as const), who, slots: fc.nat(12) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('limit' as const), who, limit: fc.integer({ min: 1, max: 16 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('leave' as const, 'die' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), parts: fc.integer({ min: 1, max: 6 }) }) },
);

/** What every slot ledger must do. */
export function describeSlotLedger(open: () => SlotLedgerBench): void {
  let bench: SlotLedgerBench;

  beforeEach(() => {
    bench = open();
  });

  const claimOf = (changes: Partial<SlotClaim> = {}): SlotClaim => ({
    ...{ pool: 'p', limit: 10, kept: 0, needed: 0, wanted: 1, processes: 0 },
    ...changes,
  });
  const claim = async (ledger: SlotLedger, changes: Partial<SlotClaim> = {}): Promise<SlotGrant> => {
    const [grant] = await ledger.balance([claimOf(changes)]);
    return grant!;
  };

  it('gives the first process everything, and each pool by itself', async () => {
    const ledger = bench.ledger('a');
    const grants = await ledger.balance([claimOf(), claimOf({ pool: 'q', limit: 3, needed: 9, wanted: 9 })]);
    expect(grants).toEqual([
      { pool: 'p', granted: 10, share: 10, processes: 1, rank: 0, limit: 10, short: false, called: false },
      { pool: 'q', granted: 3, share: 3, processes: 1, rank: 0, limit: 3, short: true, called: false },
    ]);
  });

  it('gives a newcomer what is free, tells of the rest, and gives it as the others give it back', async () => {
    const [a, b] = [bench.ledger('a'), bench.ledger('b')];
    await claim(a, { needed: 8, wanted: 8 });
    await claim(a, { kept: 8, needed: 8, wanted: 8 });
    const kept = { kept: 10, needed: 8, wanted: 8 };
    expect(await claim(a, kept)).toMatchObject({ granted: 10, called: false });
    expect(await claim(b, { needed: 6, wanted: 6 })).toMatchObject({ granted: 0, share: 5, short: true, processes: 2 });
    expect(await claim(a, kept)).toMatchObject({ granted: 10, share: 5, called: true, rank: 0 });
    expect(await claim(a, { ...kept, kept: 7 })).toMatchObject({ granted: 7, share: 5, called: true });
    expect(await claim(b, { needed: 6, wanted: 6 })).toMatchObject({ granted: 3, short: true, rank: 1 });
    expect(await claim(a, { ...kept, kept: 5 })).toMatchObject({ granted: 5, called: true });
    expect(await claim(b, { kept: 3, needed: 6, wanted: 6 })).toMatchObject({ granted: 5, short: true });
  });

  it.each([
    ['nobody needs any: equally', 10, [0, 0, 0], [0, 0, 0], [4, 3, 3]],
    ['fewer slots than idle processes', 1, [0, 0, 0], [0, 0, 0], [1, 0, 0]],
    ['one needs everything', 10, [20, 0, 0], [20, 1, 1], [10, 0, 0]],
    ['one needs less than its even part, which moves nothing', 10, [2, 0, 0], [4, 2, 2], [4, 3, 3]],
    ['what is not needed goes first to those without a slot', 10, [8, 0, 0], [11, 2, 2], [8, 1, 1]],
    ['one spare slot goes to one without, not to the busy one', 8, [0, 7], [2, 9], [1, 7]],
    ['one slot that nobody needs goes to who used it last', 1, [0, 0], [2, 3], [0, 1]],
    ['what one does not need goes to those who do', 12, [2, 9, 9], [2, 9, 9], [2, 5, 5]],
    ['what is needed now goes before what was a moment ago', 6, [5, 0, 0], [5, 8, 0], [5, 1, 0]],
    ['what is wanted goes before what is merely left over', 12, [1, 4, 0], [1, 6, 1], [3, 6, 3]],
  ])('shares out: %s', async (_case, limit, needed, wanted, expected) => {
    const users = wanted.map((_, i) => new LedgerUser(bench.ledger(`p${i}`), limit));
    for (let round = 0; round < 3; round++) {
      for (const [i, user] of users.entries()) await user.beat(needed[i]!, wanted[i]! - needed[i]!);
    }
    expect(users.map((user) => user.size)).toEqual(expected);
  });

  it('holds everybody to the smallest limit that a living process sees, but for what is in use', async () => {
    const [a, b] = [bench.ledger('a'), bench.ledger('b')];
    await claim(a, { needed: 10, wanted: 10 });
    expect(await claim(b, { limit: 4, needed: 2, wanted: 2 })).toMatchObject({ granted: 0, limit: 4 });
    expect(await claim(a, { kept: 7, needed: 7, wanted: 7 })).toMatchObject({
      ...{ granted: 7, share: 2, limit: 4, called: true },
    });
    expect(await claim(a, { kept: 2 })).toMatchObject({ granted: 2 });
    expect(await claim(b, { limit: 4, needed: 2, wanted: 2 })).toMatchObject({ granted: 2 });
    await b.leave();
    expect(await claim(a, { kept: 2 })).toMatchObject({ granted: 10, limit: 10, processes: 1 });
  });

  it('gives the slots of a process that fell silent to the others, and counts what it still uses when it is back', async () => {
    const [a, b] = [bench.ledger('a'), bench.ledger('b')];
    await claim(a, { needed: 10, wanted: 10 });
    await bench.pass(CONTRACT_LEASE_MS / 2);
    expect(await claim(b, { needed: 5, wanted: 5 })).toMatchObject({ granted: 0 });
    await bench.pass(CONTRACT_LEASE_MS / 2);
    expect(await claim(b, { needed: 5, wanted: 5 })).toMatchObject({ granted: 10, processes: 1 });
    expect(await claim(b, { kept: 5, needed: 5, wanted: 5 })).toMatchObject({ granted: 10 });
    expect(await claim(a, { kept: 8, needed: 8, wanted: 8 })).toMatchObject({ granted: 0, short: true });
    expect(await claim(b, { kept: 5, needed: 5, wanted: 5 })).toMatchObject({ granted: 5 });
    await b.leave();
    expect(await claim(bench.ledger('c'), { needed: 5, wanted: 5 })).toMatchObject({ granted: 2 });
  });

  it('believes what is kept after it lost its memory, and gives nothing else until all that were known are back', async () => {
    const [a, b] = [bench.ledger('a'), bench.ledger('b')];
    await bench.forget();
    expect(await claim(b, { kept: 2, needed: 9, wanted: 9, processes: 2 })).toMatchObject({ granted: 2, short: true });
    expect(await claim(b, { kept: 2, needed: 9, wanted: 9, processes: 1 })).toMatchObject({ granted: 2, short: true });
    expect(await claim(a, { kept: 3, needed: 9, wanted: 9, processes: 2 })).toMatchObject({ granted: 5, share: 5 });
    expect(await claim(b, { kept: 2, needed: 9, wanted: 9, processes: 2 })).toMatchObject({ granted: 5, short: true });
  });

  it('waits for those that were known no longer than a lease lives', async () => {
    const a = bench.ledger('a');
    const back = { kept: 4, needed: 9, wanted: 9, processes: 3 };
    expect(await claim(a, back)).toMatchObject({ granted: 4 });
    await bench.pass(CONTRACT_LEASE_MS / 2);
    expect(await claim(a, back)).toMatchObject({ granted: 4 });
    await bench.pass(CONTRACT_LEASE_MS / 2);
    expect(await claim(a, back)).toMatchObject({ granted: 10 });
  });

  it('does not wait for a process that left', async () => {
    const [a, b] = [bench.ledger('a'), bench.ledger('b')];
    await claim(a);
    await claim(a, { kept: 5, processes: 1 });
    await claim(b);
    await a.leave();
    expect(await claim(b, { kept: 5, processes: 2 })).toMatchObject({ granted: 10, processes: 1 });
  });

  it('gives back one pool or all of them', async () => {
    const [a, b] = [bench.ledger('a'), bench.ledger('b')];
    await a.balance(['p', 'q', 'r'].map((pool) => claimOf({ pool })));
    await a.leave(['p']);
    const ask = async () => (await b.balance(['p', 'q', 'r'].map((pool) => claimOf({ pool })))).map((g) => g?.granted);
    expect(await ask()).toEqual([10, 0, 0]);
    await a.leave();
    expect(await ask()).toEqual([10, 10, 10]);
  });

  it('never lets the sum grow beyond the limit, and leaves nobody in need without a slot while one is free', async () => {
    let runs = 0;
    const property = fc.asyncProperty(fc.array(stepArbitrary, { minLength: 5, maxLength: 40 }), async (steps) => {
      const pool = `random-${runs++}`;
      const users = [0, 1, 2, 3, 4].map((i) => new LedgerUser(bench.ledger(`p${i}`), 8, pool));
      for (const step of steps) await walk(bench, users, step);
      for (let round = 0; round < 6; round++) {
        for (const user of users) if (user.joined) await beat(users, user, user.needed, 0);
        await walk(bench, users, { kind: 'pass', parts: 2 });
      }
      const living = users.filter((user) => user.joined);
      if (living.length === 0) return;
      const limit = Math.min(...living.map((user) => user.limit));
      const freeNow = () => limit - living.reduce((sum, user) => sum + Math.max(user.size, user.inUse), 0);
      const starved = () => freeNow() > 0 && living.some((user) => user.needed > 0 && user.size === 0);
      // Whoever hears that slots were given back asks at once; twice, in case that a turn ended just then.
      for (let round = 0; round < 2 && starved(); round++)
        for (const user of living) await beat(users, user, user.needed, 0);
      const free = freeNow();
      expect(starved()).toBe(false);
      if (living.every((user) => user.inUse === 0)) expect(free).toBe(0);
    });
    await fc.assert(property, { numRuns: 60 });
  });
}

/** One process balances: the sum of all leases may stay above a limit that sank, but not grow. */
async function beat(users: readonly LedgerUser[], user: LedgerUser, needed: number, spare: number): Promise<void> {
  const sum = () => users.reduce((total, { size }) => total + size, 0);
  const before = sum();
  const { limit } = await user.beat(needed, spare);
  expect(limit).toBe(Math.min(...users.map(({ claimedLimit }) => claimedLimit)));
  expect(sum()).toBeLessThanOrEqual(Math.max(limit, before));
}

async function walk(bench: SlotLedgerBench, users: readonly LedgerUser[], step: Step): Promise<void> {
  if (step.kind === 'pass') {
    const ms = (step.parts * CONTRACT_LEASE_MS) / 5;
    await bench.pass(ms);
    for (const user of users) user.age(ms);
    return;
  }
  const user = users[step.who]!;
  switch (step.kind) {
    case 'beat':
      return beat(users, user, step.needed, step.spare);
    case 'use':
      user.inUse = Math.min(step.slots, Math.max(user.inUse, user.size));
      return;
    case 'limit':
      user.limit = step.limit;
      return;
    case 'leave':
      return user.leave();
    case 'die':
      return user.die();
    default:
      step satisfies never;
  }
}
