import { seededRandom } from '../../training/random';
import { fifo } from '../simulator/disciplines';
import { queueOf } from '../simulator/queue-dispatcher';
import { relayWithAdmission } from '../simulator/relay-dispatcher';
import { simulate } from '../simulator/simulate';
import { overloadCalls, SLOTS, withPolite } from './arrivals';
import { measureLoad } from './measure-load';
import { politeFigures } from './polite-figures';
import { measureShort } from './short-deadlines';
import { tenantFigures } from './tenant-figures';

const random = seededRandom(5);
const CHATS = Array.from({ length: 1_500 }, (_, i) => ({
  atMs: i * 1_000,
  input: Math.round(2_000 * random()),
  output: Math.round(20 + 400 * random()),
}));

describe('overload in the simulator', () => {
  const calls = overloadCalls(CHATS, 3, 1);

  it('costs the relay few of the answers that are in time, and FIFO that serves the late nearly all', async () => {
    const atCapacity = await measureLoad(overloadCalls(CHATS, 1, 1), relayWithAdmission());
    const relay = await measureLoad(calls, relayWithAdmission());
    const naive = await measureLoad(
      calls,
      queueOf(fifo, () => ({ servesTheLate: true })),
    );
    expect(relay.goodput / atCapacity.goodput).toBeGreaterThan(0.9);
    expect(naive.goodput / atCapacity.goodput).toBeLessThan(0.5);
    expect(relay.longestPastMs).toBeLessThan(1);
    expect(relay.served + relay.refusedAtEntry + relay.leftWaiting + relay.late).toBeCloseTo(1);
  });

  it('hits those who ask for more than their share', async () => {
    const figures = tenantFigures(await simulate({ calls, slots: SLOTS, dispatcher: relayWithAdmission() }), calls);
    const [greediest, modest] = [figures[0], figures.at(-1)];
    expect(modest?.served).toBeGreaterThan(2 * (greediest?.served ?? 1));
  });

  it('leaves the line of short deadlines so much time that who is let in is answered, and no slot idle for it', async () => {
    const rows = await measureShort(1, 3);
    for (const { late, refusedLate } of rows) expect([late, refusedLate]).toEqual([0, 0]);
    const [peak, last] = [Math.max(...rows.map(({ inTimePerSecond }) => inTimePerSecond)), rows.at(-1)];
    expect(last?.inTimePerSecond).toBeGreaterThan(0.95 * peak);
  });

  it('is over sooner or later for clients that come again when they are told to', async () => {
    const polite = withPolite(calls, 10);
    const figures = politeFigures(
      await simulate({ calls: polite, slots: SLOTS, dispatcher: relayWithAdmission() }),
      polite,
    );
    expect(figures.all.clients).toBe(150);
    expect(figures.all.served).toBeGreaterThan(1.2 * figures.all.servedAtOnce);
    expect(figures.within.served).toBeGreaterThanOrEqual(figures.beyond.served);
  });
});
