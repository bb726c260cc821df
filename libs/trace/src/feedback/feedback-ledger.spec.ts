import { Logger } from '@nestjs/common';
import type { Evidence } from '@relay/contracts';
import { FakeClock } from '@relay/testing';
import { FeedbackLedger } from './feedback-ledger';
import type { EvidenceRow, FeedbackStore, Verdict } from './feedback-store';

const OTHERS = 10_000; // tenants that are kept in memory
const said = { user: null, keyId: 'key', task: 'code', model: 'small', score: 1 };
const row = (tenant: string): EvidenceRow => ({
  tenant,
  user: 'ann',
  key: '',
  task: 'code',
  model: 'small',
  weight: 3,
  sum: 2,
});

describe('the evidence of tenants in memory', () => {
  let clock: FakeClock;
  let asked: (readonly string[])[];
  let ledger: FeedbackLedger;
  let isAway: boolean;

  /** A database with verdicts of one tenant, which were there before. */
  const store = (): FeedbackStore => {
    const evidence = (_now: number, tenants: readonly string[]): Promise<EvidenceRow[]> => {
      if (isAway) return Promise.reject(new Error('away'));
      asked.push(tenants);
      return Promise.resolve(tenants.includes('acme') ? [row('acme')] : []);
    };
    const changedSince = (since: Date) =>
      Promise.resolve({ readAt: new Date(clock.now()), tenants: since.getTime() === 0 ? ['acme'] : [] });
    return { changedSince, evidence } as unknown as FeedbackStore;
  };
  const known = (tenant = 'acme', user = ''): Evidence | undefined =>
    ledger.evidenceOf(tenant, user).tenant.get('code small');
  const verdictIn = (tenant: string): Verdict => ({ ...said, tenant, at: clock.now() });
  const crowdOut = (): void => {
    for (let i = 0; i < OTHERS; i++) ledger.verdict(verdictIn(`other-${i}`), null);
  };

  beforeEach(async () => {
    Logger.overrideLogger(false);
    clock = new FakeClock();
    [asked, isAway] = [[], false];
    ledger = new FeedbackLedger(store(), clock);
    await ledger.poll();
  });
  afterEach(() => ledger.onApplicationShutdown());

  it('is all read at the start', () => {
    expect(asked).toEqual([['acme']]);
    expect(known()).toEqual({ weight: 3, sum: 2 });
  });

  it('comes back at the next look after it had to make room, once somebody asks', async () => {
    crowdOut();
    expect(known()).toBeUndefined();
    await ledger.poll();
    expect(known()).toEqual({ weight: 3, sum: 2 });
    expect(ledger.evidenceOf('acme', 'ann').user.get('code small')).toEqual({ weight: 3, sum: 2 });
  });

  it('comes back where nothing but signals arrived meanwhile, which count from then on', async () => {
    crowdOut();
    ledger.signal('acme', 'code', 'small', 1);
    await ledger.poll();
    expect(known()).toEqual({ weight: 3, sum: 2 });
    ledger.signal('acme', 'code', 'small', 1);
    clock.advance(5_000);
    expect(known()?.weight).toBeCloseTo(3.1, 3);
  });

  it('is looked for once where there is none', async () => {
    known('globex');
    known('globex');
    await ledger.poll();
    known('globex');
    await ledger.poll();
    expect(asked).toEqual([['acme'], ['globex']]);
  });

  it('is looked for by a thousand at a time; the others have to ask again', async () => {
    for (let i = 0; i < 1_001; i++) known(`other-${i}`);
    await ledger.poll();
    for (let i = 0; i < 1_001; i++) known(`other-${i}`);
    await ledger.poll();
    expect(asked.map((tenants) => tenants.length)).toEqual([1, ...Array.from({ length: 10 }, () => 100), 1]);
  });

  it('is looked for again when the database was away', async () => {
    crowdOut();
    known();
    isAway = true;
    await ledger.poll();
    isAway = false;
    await ledger.poll();
    expect(known()).toEqual({ weight: 3, sum: 2 });
  });
});
