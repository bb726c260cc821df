import { Logger } from '@nestjs/common';
import { QueueFaults } from './queue-faults';

describe('QueueFaults', () => {
  const said = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  beforeEach(() => said.mockClear());
  afterAll(() => said.mockRestore());

  it('say each error once an outage, however many queues have it', () => {
    let now = 0;
    const faults = new QueueFaults(() => now);
    const [refused, closed] = [new Error('connect ECONNREFUSED'), new Error('Connection is closed.')];
    for (; now < 60_000; now += 2_000) for (const name of ['a', 'b']) faults.hear(name, refused);
    faults.hear('a', closed);
    expect(said.mock.calls).toEqual([['a: connect ECONNREFUSED'], ['a: Connection is closed.']]);
    now += 10_000;
    faults.hear('b', refused);
    expect(said.mock.lastCall).toEqual(['b: connect ECONNREFUSED']);
  });

  it('say no more than ten of them', () => {
    const faults = new QueueFaults(() => 0);
    for (let i = 0; i < 50; i++) faults.hear('a', new Error(`job ${i}`));
    expect(said).toHaveBeenCalledTimes(10);
  });
});
