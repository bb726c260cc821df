import type { BusMessage } from '../src/messages';
import type { MessageBus, ReceivedMessage } from '../src/ports/message-bus.port';
import { until } from './scheduler-harness';

/** What every message bus must do. */
export function describeMessageBus(open: (id: string) => MessageBus): void {
  it('delivers to one process or to all others, never to the sender, and knows who is not there', async () => {
    const heard: Record<string, ReceivedMessage[]> = { a: [], b: [], c: [] };
    const buses = ['a', 'b', 'c'].map((id) => open(id));
    for (const bus of buses) await bus.start((received) => heard[bus.processId]?.push(received));
    const [a, b] = buses as [MessageBus, MessageBus];
    const message: BusMessage = { type: 'release', pool: 'p', grantId: 'g' };
    expect(await a.send('b', message)).toBe(true);
    await a.broadcast({ type: 'hello' });
    await until(() => heard.b?.length === 2 && heard.c?.length === 1);
    expect(heard).toEqual({
      a: [],
      b: [
        { from: 'a', message },
        { from: 'a', message: { type: 'hello' } },
      ],
      c: [{ from: 'a', message: { type: 'hello' } }],
    });
    expect(await a.send('nobody', message)).toBe(false);
    await b.close();
    await until(async () => !(await a.send('b', message)));
    for (const bus of buses) await bus.close();
  });
}
