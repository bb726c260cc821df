import { FakeClock } from '@relay/testing';
import { SILENT } from '../../test/scheduler-harness';
import type { LineTicket } from '../ports/ticket-line.port';
import { FailoverTicketLine } from './failover-ticket-line';
import { MemoryTicketLine } from './memory-ticket-line';

const TICKET: LineTicket = {
  ...{ id: 't-a', priority: 1 },
  data: { pool: 'p', tenant: 't', class: 'short', owner: 'o', cost: 5, level: 'standard' as const, tag: 0 },
};
/** Longer than the line waits between two looks at a store that is away, ms. */
const LATER_MS = 10_000;

describe('a line whose store forgets everything without an error', () => {
  const clock = new FakeClock();
  let shared: MemoryTicketLine;
  let line: FailoverTicketLine;
  beforeEach(async () => {
    shared = new MemoryTicketLine();
    line = new FailoverTicketLine(shared, clock, SILENT);
    await line.add(TICKET);
    await shared.close(); // its tickets are gone
    clock.advance(LATER_MS);
  });

  it('calls its own tickets all the same, each once', async () => {
    expect(await line.take('long')).toBeNull();
    expect(await line.take('short')).toMatchObject({ id: 't-a' });
    expect(await line.take('short')).toBeNull();
  });

  it('puts them in line again for the other processes when it is tended', async () => {
    await line.renew();
    expect(await shared.take('short')).toMatchObject({ id: 't-a' });
  });
});

/** A shared line that says when it is used. */
class WatchedLine extends MemoryTicketLine {
  readonly calls: string[] = [];
  away = false;
  answerPing: () => void = () => undefined;

  override add(ticket: LineTicket): Promise<void> {
    this.calls.push('add');
    return this.away ? Promise.reject(new Error('away')) : super.add(ticket);
  }

  override ping(): Promise<void> {
    this.calls.push('ping');
    return new Promise((resolve) => (this.answerPing = resolve));
  }

  override renew(): Promise<void> {
    this.calls.push('renew');
    return super.renew();
  }
}

describe('a line with a failover, once closed', () => {
  const clock = new FakeClock();
  let shared: WatchedLine;
  let line: FailoverTicketLine;
  beforeEach(() => {
    shared = new WatchedLine();
    line = new FailoverTicketLine(shared, clock, SILENT);
  });

  it('does not touch its shared line again', async () => {
    await line.close();
    clock.advance(LATER_MS);
    await line.renew();
    await line.add(TICKET);
    expect(shared.calls).toEqual([]);
  });

  it('does not put tickets in line again whose return was under way', async () => {
    shared.away = true;
    await line.add(TICKET);
    shared.away = false;
    clock.advance(LATER_MS);
    const renewed = line.renew();
    expect(shared.calls).toEqual(['add', 'ping']);
    const closed = line.close();
    shared.answerPing();
    await Promise.all([renewed, closed]);
    expect(shared.calls).toEqual(['add', 'ping']);
  });
});
