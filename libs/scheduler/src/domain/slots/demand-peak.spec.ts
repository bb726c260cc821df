import { DemandPeak } from './demand-peak';

describe('DemandPeak', () => {
  it('remembers the most that was needed for some periods, and asks for some more', () => {
    const demand = new DemandPeak();
    expect(demand.wanted).toBe(2);
    demand.see(40);
    demand.see(3);
    for (let period = 0; period < 3; period++) demand.turn(2);
    expect([demand.peak, demand.wanted]).toEqual([40, 45]);
    demand.turn(2);
    expect([demand.peak, demand.wanted]).toEqual([2, 4]);
  });
});
