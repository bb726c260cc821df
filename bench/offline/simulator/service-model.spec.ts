import { capacityOf, generated, sharedPace, steadyPace } from './service-model';

const CALL = { input: 1_000, output: 100 };

describe('the service model', () => {
  it('begins later the longer the prompt, and goes slower the busier the slots', () => {
    expect(sharedPace(CALL, 0)).toEqual({ ttftMs: 400, tpotMs: 20, totalMs: 2_400 });
    expect(sharedPace(CALL, 1)).toEqual({ ttftMs: 400, tpotMs: 40, totalMs: 4_400 });
    expect(steadyPace(CALL, 0)).toEqual(steadyPace(CALL, 1));
  });

  it('knows how much of an answer has been written', () => {
    const service = sharedPace(CALL, 1);
    expect([300, 400, 2_400, 9_000].map((ms) => generated(CALL, service, ms))).toEqual([0, 0, 50, 100]);
  });

  it('says how many requests a second full slots work off', () => {
    expect(capacityOf([CALL, CALL], 44)).toBeCloseTo(10);
  });
});
