import { FakeClock } from '@relay/testing';
import { SILENT } from '../../test/scheduler-harness';
import { describeTicketLine } from '../../test/ticket-line.contract';
import type { LineTicket } from '../ports/ticket-line.port';
import { type TicketRecord, WriteBehindTicketLine } from './write-behind-ticket-line';

/** Longer than a ticket stands in line before it is written, ms. */
const A_WHILE_MS = 300;
/** Longer than the line waits after a failure before it writes again, ms. */
const LATER_MS = 3_000;

const ticket = (id: string, priority = 1): LineTicket => ({
  ...{ id, priority },
  data: { pool: 'p', tenant: 't', class: 'short', owner: 'o', cost: 5, level: 'standard', tag: 0 },
});

/** Holds what was written, and may be away. */
class MemoryRecord implements TicketRecord {
  readonly tickets = new Map([['left-by-an-earlier-process', 9]]); // priority by id
  away = false;
  changes = 0;

  empty(): Promise<void> {
    return this.change(() => this.tickets.clear());
  }

  add(tickets: readonly LineTicket[]): Promise<void> {
    return this.change(() => tickets.forEach(({ id, priority }) => this.tickets.set(id, priority)), tickets.length);
  }

  remove({ id }: LineTicket): Promise<void> {
    return this.change(() => this.tickets.delete(id));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private change(make: () => unknown, count = 1): Promise<void> {
    if (this.away) return Promise.reject(new Error('away'));
    this.changes += count;
    make();
    return Promise.resolve();
  }
}

describe('a line that is written down behind', () => {
  const said: string[] = [];
  const health = { lost: () => said.push('lost'), restored: () => said.push('restored') };
  let clock: FakeClock;
  let record: MemoryRecord;
  let line: WriteBehindTicketLine;
  beforeEach(() => {
    said.length = 0;
    clock = new FakeClock();
    record = new MemoryRecord();
    line = new WriteBehindTicketLine(record, clock, health);
  });

  describe('is a ticket line', () =>
    describeTicketLine(() => new WriteBehindTicketLine(new MemoryRecord(), new FakeClock(), SILENT)));

  it('shows what has stood for a while, with its priority as it is, and nothing of an earlier process', async () => {
    await line.add(ticket('a', 3));
    await line.add(ticket('b', 4));
    await clock.advanceAsync(A_WHILE_MS);
    expect([...record.tickets]).toEqual([
      ['a', 3],
      ['b', 4],
    ]);
    await line.reprioritise(ticket('a', 3), 5);
    await line.remove(ticket('b', 4));
    await clock.advanceAsync(A_WHILE_MS);
    expect([...record.tickets]).toEqual([['a', 5]]);
    await line.take('short');
    await clock.advanceAsync(A_WHILE_MS);
    expect(record.tickets.size).toBe(0);
  });

  it('does not write what is called at once', async () => {
    for (let i = 0; i < 1_000; i++) {
      await line.add(ticket(`t-${i}`));
      expect(await line.take('short')).toMatchObject({ id: `t-${i}` });
    }
    await clock.advanceAsync(A_WHILE_MS);
    expect(record.changes).toBe(1); // emptied
  });

  it('writes a long line bit by bit, at most 100 tickets a second', async () => {
    for (let i = 0; i < 200; i++) await line.add(ticket(`t-${i}`));
    await clock.advanceAsync(1_000);
    expect(record.tickets.size).toBe(100);
    await clock.advanceAsync(1_000);
    expect(record.tickets.size).toBe(200);
  });

  it('goes on while the record is away, says so once, and catches up after', async () => {
    await line.add(ticket('a'));
    await clock.advanceAsync(A_WHILE_MS);
    record.away = true;
    await line.add(ticket('b'));
    await clock.advanceAsync(LATER_MS);
    expect(await line.take('short')).toMatchObject({ id: 'a' });
    await clock.advanceAsync(LATER_MS);
    expect(said).toEqual(['lost']);
    record.away = false;
    await clock.advanceAsync(LATER_MS);
    expect([...record.tickets.keys()]).toEqual(['b']);
    expect(said).toEqual(['lost', 'restored']);
  });

  it('leaves nothing in the record when it closes', async () => {
    await line.add(ticket('a'));
    await clock.advanceAsync(A_WHILE_MS);
    await line.close();
    expect(record.tickets.size).toBe(0);
  });

  it('does not touch the record once it is closed', async () => {
    await line.close();
    await line.add(ticket('a'));
    await clock.advanceAsync(LATER_MS);
    expect(record.changes).toBe(0);
  });
});
