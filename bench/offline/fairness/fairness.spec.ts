import { fifo } from '../simulator/disciplines';
import { queueOf } from '../simulator/queue-dispatcher';
import { relayProcesses, relayScheduler } from '../simulator/relay-dispatcher';
import { simulate } from '../simulator/simulate';
import { tokenCounter } from '../simulator/token-counter';
import { floodCalls, measureFlood } from './flood';
import { measureScene } from './measure-scene';
import { syntheticScenes } from './scenes';
import { NO_CAPS } from './schedulers';

const CHATS = [
  { input: 200, output: 50 },
  { input: 1_000, output: 200 },
];

describe('tenants in the simulator', () => {
  const [two] = syntheticScenes(CHATS, 7, 1);
  if (!two) throw new Error('no scene');

  it('share evenly under the scheduler of the relay, in one process or two, and under VTC, by demand under FIFO, and no slot is idle', async () => {
    const [relay, inTwo, vtc, first] = await Promise.all(
      [relayScheduler(NO_CAPS), relayProcesses(2, 'at random', NO_CAPS), queueOf(tokenCounter), queueOf(fifo)].map(
        (scheduler) => measureScene(two, scheduler),
      ),
    );
    for (const fair of [relay, inTwo, vtc]) {
      expect(fair?.jain).toBeGreaterThan(0.99);
      expect(fair?.gap).toBeLessThan(fair?.bound ?? 0);
    }
    expect(first?.jain).toBeLessThan(0.95);
    expect(relay?.idleSlotSeconds).toBe(0);
  });

  it('are served in the same order each time', async () => {
    const run = () => simulate({ ...two, calls: two.calls.slice(0, 500), dispatcher: relayScheduler(NO_CAPS) });
    const [one, other] = [await run(), await run()];
    expect(one.map(({ call, startedMs }) => [call.tenant, startedMs])).toEqual(
      other.map(({ call, startedMs }) => [call.tenant, startedMs]),
    );
  });

  it('are hurt by a flood under FIFO, not under the scheduler of the relay', async () => {
    const [silent, flooded] = [0, 10].map((times) => floodCalls(CHATS, times, 3, 1));
    const latency = async (calls = silent, scheduler = relayScheduler()): Promise<number> =>
      (await measureFlood(calls ?? [], scheduler)).politeLatencyP99Ms;
    expect((await latency(flooded)) / (await latency())).toBeLessThan(1.5);
    expect((await latency(flooded, queueOf(fifo))) / (await latency())).toBeGreaterThan(3);
  });
});
