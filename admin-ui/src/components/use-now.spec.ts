import { currentNow, subscribeToNow } from './use-now';

const BEGAN = Date.parse('2040-01-01');

describe('the time that pages tell', () => {
  beforeEach(() => jest.useFakeTimers({ now: BEGAN }));
  afterEach(() => jest.useRealTimers());

  it('moves in steps while somebody looks', () => {
    const told: number[] = [];
    const stop = subscribeToNow(() => told.push(currentNow()));
    const began = currentNow();
    jest.advanceTimersByTime(12_000);
    expect(told).toEqual([began + 5_000, began + 10_000]);
    stop();
    jest.advanceTimersByTime(60_000);
    expect(told).toHaveLength(2);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is right at once for whoever looks after nobody did', () => {
    subscribeToNow(() => undefined)();
    jest.setSystemTime(BEGAN + 3_600_000);
    expect(currentNow()).toBe(BEGAN + 3_600_000);
  });
});
