import { FakeClock } from '@relay/testing';
import { SILENT } from '../../test/scheduler-harness';
import type { QueueClass } from '@relay/contracts';
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

/** A shared line that takes its time for each ticket. */
class SlowLine extends MemoryTicketLine {
  takesMs = 0;
  pingMs = 0;

  constructor(private readonly clock: FakeClock) {
    super();
  }

  override async take(queueClass: QueueClass) {
    const taken = await super.take(queueClass);
    await this.pass(this.takesMs);
    return taken;
  }

  override ping(): Promise<void> {
    return this.pass(this.pingMs);
  }

  private pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve));
  }
}

describe('a line whose store is slow', () => {
  const said: string[] = [];
  let clock: FakeClock;
  let shared: SlowLine;
  let line: FailoverTicketLine;
  beforeEach(async () => {
    said.length = 0;
    clock = new FakeClock();
    shared = new SlowLine(clock);
    const health = { lost: () => said.push('lost'), restored: () => said.push('restored') };
    line = new FailoverTicketLine(shared, clock, health);
    for (let i = 0; i < 20; i++) await line.add({ ...TICKET, id: `t-${i}` });
  });

  async function take(takesMs: number): Promise<void> {
    shared.takesMs = takesMs;
    const taken = line.take('short');
    await clock.advanceAsync(takesMs);
    await (await taken)?.finish();
  }

  it('calls its own tickets from memory after a second without a quick answer, until there is one', async () => {
    for (let i = 0; i < 3; i++) await take(300);
    expect(said).toEqual([]);
    await take(300);
    expect(said).toEqual(['lost']);
    shared.takesMs = 300;
    expect(await line.take('short')).toMatchObject({ id: 't-4' }); // at once: no time passes
    for (const [pingMs, expected] of [
      [300, ['lost']],
      [20, ['lost', 'restored']],
    ] as const) {
      shared.pingMs = pingMs;
      clock.advance(LATER_MS);
      const renewed = line.renew();
      await clock.advanceAsync(pingMs);
      await renewed;
      expect(said).toEqual(expected);
    }
  });

  it('does not mind a slow answer now and then', async () => {
    for (let i = 0; i < 4; i++) {
      await take(700);
      await take(5);
    }
    for (let i = 0; i < 4; i++) {
      await take(700);
      clock.advance(LATER_MS);
    }
    expect(said).toEqual([]);
  });

  it('lets a ticket stand again that was taken after nobody waited for it any more', async () => {
    shared.takesMs = 1_500;
    const taken = line.take('short');
    await clock.advanceAsync(1_500);
    expect(await taken).toMatchObject({ id: 't-0' }); // from memory
    expect(await shared.stands({ ...TICKET, id: 't-0' })).toBe(true);
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
