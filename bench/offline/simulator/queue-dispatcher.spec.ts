import { fifo, roundRobin, staticLimits } from './disciplines';
import type { Discipline } from './queue-dispatcher';
import { queueOf } from './queue-dispatcher';
import { steadyPace } from './service-model';
import type { Outcome, SimCall } from './sim-call';
import { simulate } from './simulate';
import { tokenCounter } from './token-counter';

// 150 ms to the first token, then 40 ms each: 1.15 s, and 8.15 s for the long ones.
const call = (tenant: string, atMs: number, changes: Partial<SimCall> = {}): SimCall => ({
  ...{ atMs, tenant, weight: 1, input: 0, output: 25 },
  ...changes,
});
const crowd = [...'aaaabb'].map((tenant, i) => call(tenant, i));

async function run(discipline: () => Discipline, calls = crowd, slots = 1): Promise<Outcome[]> {
  return simulate({ calls, slots, dispatcher: queueOf(discipline), service: steadyPace });
}
const order = async (discipline: () => Discipline, calls = crowd): Promise<string> =>
  (await run(discipline, calls)).map(({ call: { tenant } }) => tenant).join('');

describe('what the scheduler is compared with', () => {
  it('FIFO serves in order of arrival', async () => expect(await order(fifo)).toBe('aaaabb'));

  it('round robin serves each tenant in turn', async () => expect(await order(roundRobin)).toBe('ababaa'));

  it('the token counter serves who has got fewest tokens, by weight', async () => {
    const lengthy = [call('a', 0, { output: 200 }), ...[...'abbbbbbbbb'].map((tenant, i) => call(tenant, 1 + i))];
    expect(await order(tokenCounter, lengthy)).toBe('abbbbbbbbab');
    const weighty = [
      call('c', 0),
      ...[...'aaabbbbbb'].map((tenant) => call(tenant, 1, { weight: tenant === 'b' ? 2 : 1 })),
    ];
    expect(await order(tokenCounter, weighty)).toBe('cabbabbabb');
  });

  it('static limits leave slots idle that others could use', async () => {
    const limits = (): Discipline => staticLimits(new Map([...'ab'].map((tenant) => [tenant, 1])));
    const started = (await run(limits, crowd.slice(0, 4), 2)).map(({ startedMs }) => startedMs);
    expect(started).toEqual([0, 1_150, 2_300, 3_450]);
  });

  it('forgets who has left, and cuts off who is served too late', async () => {
    const hasty = ['a', 'b'].map((tenant) => call(tenant, 0, { deadlineMs: 1_200 }));
    const outcomes = await run(fifo, [call('a', 0), ...hasty, call('c', 0)]);
    expect(outcomes.map(({ endedMs, completed }) => [endedMs, completed])).toEqual([
      [1_150, true],
      [1_200, false], // left
      [1_200, false], // cut off
      [2_350, true],
    ]);
  });
});
