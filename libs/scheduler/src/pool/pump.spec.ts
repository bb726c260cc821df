import type { QueueClass } from '@relay/contracts';
import { FakeClock } from '@relay/testing';
import { MemoryTicketLine } from '../adapters/memory-ticket-line';
import type { TakenTicket } from '../ports/ticket-line.port';
import { Pump } from './pump';

/** A line that gives each ticket after a time. */
class DistantLine extends MemoryTicketLine {
  asked = 0;

  constructor(
    private readonly clock: FakeClock,
    public takesMs: number,
  ) {
    super();
  }

  override async take(queueClass: QueueClass): Promise<TakenTicket | null> {
    this.asked++;
    const taken = await super.take(queueClass);
    if (this.takesMs > 0) await new Promise<void>((resolve) => this.clock.after(this.takesMs, resolve));
    return taken;
  }
}

describe('Pump', () => {
  let clock: FakeClock;
  let line: DistantLine;
  let pump: Pump;
  let called: TakenTicket[];
  let [slots, inUse, mostInUse, longSlots] = [0, 0, 0, 0];

  function start(settings: { takesMs: number; slots: number; longSlots?: number }): void {
    clock = new FakeClock();
    line = new DistantLine(clock, settings.takesMs);
    called = [];
    [slots, inUse, mostInUse, longSlots] = [settings.slots, 0, 0, settings.longSlots ?? Infinity];
    const of = (queueClass: QueueClass) => line.all().filter(({ data }) => data.class === queueClass);
    pump = new Pump({
      ...{ line, clock, hasRoom: () => inUse < slots },
      longRoom: () => longSlots - called.filter(({ data }) => data.class === 'long').length,
      standing: (queueClass) => of(queueClass).length,
      lowest: (queueClass) => Math.min(...of(queueClass).map(({ data }) => data.tag)),
      setAside: (count) => (mostInUse = Math.max(mostInUse, (inUse += count))),
      call: (taken) => void called.push(taken),
      onFault: (error) => {
        throw error;
      },
    });
  }

  async function stand(count: number, queueClass: QueueClass, cost: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const [tag, id] = [i * cost, `${queueClass}-${i}`];
      const data = { pool: 'p', tenant: 't', class: queueClass, owner: 'o', cost, level: 'standard' as const, tag };
      await line.add({ id, priority: 1 + tag, data });
    }
  }

  it('uses the slots of a line that is slow to answer, and no more than there are', async () => {
    start({ takesMs: 50, slots: 150 });
    await stand(1_000, 'short', 100);
    pump.wake();
    await clock.advanceAsync(1_000);
    expect(called).toHaveLength(150); // one at a time: 20
    expect(mostInUse).toBe(150);
    expect(called.map(({ data }) => data.tag)).toEqual(called.map((_, i) => i * 100));
  });

  it('asks a quick line for one ticket at a time', async () => {
    start({ takesMs: 0, slots: 10 });
    await stand(2, 'short', 100);
    pump.wake();
    expect(line.asked).toBe(1);
    await clock.advanceAsync(1);
    expect([called.length, line.asked]).toEqual([2, 2]); // nobody is left to ask for
    expect(inUse).toBe(2);
  });

  it('asks for one at a time again when it finds nobody', async () => {
    start({ takesMs: 50, slots: 100 });
    await stand(40, 'short', 100);
    pump.othersWait = true;
    pump.wake();
    await clock.advanceAsync(2_000);
    expect([called.length, inUse, pump.othersWait]).toEqual([40, 40, false]);
    const asked = line.asked;
    pump.othersWait = true;
    pump.wake();
    expect(line.asked).toBe(asked + 1);
  });

  it('keeps both classes to their tags while it fetches several tickets at a time', async () => {
    start({ takesMs: 50, slots: 110 });
    await stand(200, 'short', 100);
    await stand(200, 'long', 1_000);
    pump.wake();
    await clock.advanceAsync(5_000);
    expect(called).toHaveLength(110);
    const long = called.filter(({ data }) => data.class === 'long').length;
    expect(long).toBeGreaterThanOrEqual(9);
    expect(long).toBeLessThanOrEqual(13);
  });

  it('fetches no more long tickets than there is room for', async () => {
    start({ takesMs: 50, slots: 100, longSlots: 7 });
    await stand(100, 'long', 1_000);
    pump.wake();
    await clock.advanceAsync(5_000);
    expect([called.length, inUse]).toEqual([7, 7]);
  });
});
