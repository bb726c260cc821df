import { FakeClock } from '@relay/testing';
import type { SlotClaim, SlotGrant, SlotLedger } from '../ports/slot-ledger.port';
import { MemorySlotLedger } from './memory-slot-ledger';
import { TimedSlotLedger } from './timed-slot-ledger';

const LIMIT_MS = 1_000;

const claimsOf = (count: number): SlotClaim[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ pool: `p${i}`, limit: 10, kept: 0, needed: 1, wanted: 2, processes: 0 },
  }));

/** A ledger that answers so many questions, and none after them. */
function silentAfter(questions: number, clock: FakeClock): { ledger: SlotLedger; sizes: number[] } {
  const memory = new MemorySlotLedger('a', clock);
  const sizes: number[] = [];
  const balance = (claims: readonly SlotClaim[]): Promise<readonly SlotGrant[]> => {
    sizes.push(claims.length);
    return sizes.length > questions ? new Promise(() => undefined) : Promise.resolve(memory.balance(claims));
  };
  return { ledger: { leaseMs: memory.leaseMs, balance, leave: () => Promise.resolve() }, sizes };
}

describe('TimedSlotLedger', () => {
  const clock = new FakeClock();

  it('asks for many pools in pieces, and gives their grants in the order of the claims', async () => {
    const { ledger, sizes } = silentAfter(Infinity, clock);
    const grants = await new TimedSlotLedger(ledger, clock).balance(claimsOf(120));
    expect(grants.map((grant) => grant?.pool)).toEqual(claimsOf(120).map(({ pool }) => pool));
    expect(sizes).toEqual([50, 50, 20]);
  });

  it('gives the first pools what they got where the ledger falls silent later', async () => {
    const { ledger, sizes } = silentAfter(1, clock);
    const answer = new TimedSlotLedger(ledger, clock).balance(claimsOf(120));
    await clock.advanceAsync(LIMIT_MS);
    const grants = await answer;
    expect([grants.length, grants.filter((grant) => grant?.granted === 10).length]).toEqual([120, 50]);
    expect(grants.slice(50).every((grant) => grant === null)).toBe(true);
    expect(sizes).toEqual([50, 50]);
  });

  it('fails where nothing is answered in time', async () => {
    const { ledger } = silentAfter(0, clock);
    const answer = new TimedSlotLedger(ledger, clock).balance(claimsOf(120));
    const failed = expect(answer).rejects.toThrow('no answer within 1000 ms');
    await clock.advanceAsync(LIMIT_MS);
    await failed;
  });
});
