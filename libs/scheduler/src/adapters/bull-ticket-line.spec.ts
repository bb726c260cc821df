import { BullTicketLine, type TicketQueues } from './bull-ticket-line';

describe('BullTicketLine', () => {
  it('sends one probe at a time, however long a Redis that is away keeps it', async () => {
    const probes: (() => void)[] = [];
    const queue = { add: () => new Promise<void>((resolve) => probes.push(resolve)), remove: () => Promise.resolve() };
    const worker = { startStalledCheckTimer: () => Promise.resolve() };
    const queues = { queue: () => queue, worker: () => worker } as unknown as TicketQueues;
    const line = new BullTicketLine(queues, '{test}', 'process', () => 0);
    const pings = [line.ping(), line.ping()];
    expect(probes).toHaveLength(1);
    probes[0]?.();
    await Promise.all(pings);
    void line.ping();
    expect(probes).toHaveLength(2);
  });
});
