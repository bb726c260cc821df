import { systemClock } from './clock';

const DAY_MS = 86_400_000;

describe('the clock of the system', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('calls back after the time given, once', () => {
    const called = jest.fn();
    systemClock.after(1_000, called);
    jest.advanceTimersByTime(999);
    expect(called).not.toHaveBeenCalled();
    jest.advanceTimersByTime(DAY_MS);
    expect(called).toHaveBeenCalledTimes(1);
  });

  it('waits for longer than a timer of Node can', () => {
    const called = jest.fn();
    systemClock.after(60 * DAY_MS, called);
    jest.advanceTimersByTime(60 * DAY_MS - 1);
    expect(called).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(called).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not call back any more once that was cancelled, however long the wait', () => {
    const called = jest.fn();
    const cancels = [systemClock.after(31 * DAY_MS, called), systemClock.after(60 * DAY_MS, called)];
    systemClock.after(Number.POSITIVE_INFINITY, called)();
    jest.advanceTimersByTime(30 * DAY_MS);
    for (const cancel of cancels) cancel();
    jest.advanceTimersByTime(60 * DAY_MS);
    expect(called).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });
});
