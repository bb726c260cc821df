import type { TicketLine } from '../src/ports/ticket-line.port';

const ticket = (id: string, priority: number, queueClass: 'short' | 'long' = 'short') => ({
  id,
  priority,
  data: { pool: 'p', tenant: 't', class: queueClass, owner: 'o', cost: 5, level: 'standard' as const, tag: 0 },
});

/** What every ticket line must do. */
export function describeTicketLine(open: () => TicketLine): void {
  let line: TicketLine;

  beforeEach(() => {
    line = open();
  });

  afterEach(() => line.close());

  it('gives out the lowest priority first, the older of two equals, each class by itself, and then nothing', async () => {
    for (const added of [ticket('t-a', 30), ticket('t-b', 10), ticket('t-c', 10), ticket('t-d', 1, 'long')]) {
      await line.add(added);
    }
    const taken = [
      await line.take('short'),
      await line.take('short'),
      await line.take('short'),
      await line.take('long'),
    ];
    expect(taken.map((one) => one?.id)).toEqual(['t-b', 't-c', 't-a', 't-d']);
    expect(taken[0]).toMatchObject(ticket('t-b', 10));
    expect(await line.take('short')).toBeNull();
    for (const one of taken) await one?.finish();
    await line.renew();
  });

  it('holds a ticket once, however often it is added', async () => {
    await line.add(ticket('t-a', 3));
    await line.add(ticket('t-a', 3));
    await (await line.take('short'))?.finish();
    expect(await line.take('short')).toBeNull();
  });

  it('puts a ticket back into its place that was called in vain, once', async () => {
    for (const added of [ticket('t-a', 3), ticket('t-b', 5)]) await line.add(added);
    await (await line.take('short'))?.putBack();
    expect(await line.stands(ticket('t-a', 3))).toBe(true);
    const again = await line.take('short');
    expect(again).toMatchObject(ticket('t-a', 3));
    await again?.putBack();
    await again?.finish();
    expect(await line.take('short')).toMatchObject({ id: 't-b' });
    expect(await line.take('short')).toBeNull();
  });

  it('takes a ticket out, and does not mind one that is not there', async () => {
    await line.add(ticket('t-a', 3));
    expect(await line.stands(ticket('t-a', 3))).toBe(true);
    await line.remove(ticket('t-a', 3));
    await line.remove(ticket('t-a', 3));
    expect(await line.stands(ticket('t-a', 3))).toBe(false);
    expect(await line.take('short')).toBeNull();
  });

  it('moves a ticket to another priority', async () => {
    await line.add(ticket('t-a', 3));
    await line.add(ticket('t-b', 5));
    await line.reprioritise(ticket('t-b', 5), 1);
    const first = await line.take('short');
    expect(first).toMatchObject({ id: 't-b', priority: 1 });
    await first?.finish();
    await (await line.take('short'))?.finish();
  });

  it('says that it is there', async () => {
    await expect(line.ping()).resolves.toBeUndefined();
  });
}
