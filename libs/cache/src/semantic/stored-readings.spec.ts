import { FakeClock } from '@relay/testing';
import { StoredReadings } from './stored-readings';

const prompt = 'Convert 5 miles to km';
const clock = new FakeClock();

describe('StoredReadings', () => {
  it('takes the prompt of an entry apart once, for as many look-ups as come', () => {
    const readings = new StoredReadings(clock);
    const first = readings.reader([{ entryId: 'a', prompt }])(prompt);
    expect(first.terms.length).toBeGreaterThan(3);
    expect(readings.reader([{ entryId: 'a', prompt }])(prompt)).toBe(first);
  });

  it('reads the same words of another entry by itself, and those of nobody once a look-up', () => {
    const readings = new StoredReadings(clock);
    const first = readings.reader([{ entryId: 'a', prompt }])(prompt);
    expect(readings.reader([{ entryId: 'b', prompt }])(prompt)).not.toBe(first);
    const read = readings.reader([]);
    expect(read(prompt)).not.toBe(first);
    expect(read(prompt)).toBe(read(prompt));
  });

  it('reads anew what an entry says now', () => {
    const readings = new StoredReadings(clock);
    const other = 'Convert 6 miles to km';
    readings.reader([{ entryId: 'a', prompt }])(prompt);
    expect(readings.reader([{ entryId: 'a', prompt: other }])(other).plain).toContain('6');
  });

  it.each([
    ['long', 'word '.repeat(4_000), 60],
    ['short', 'hi', 8_000],
    ['dense', '1+'.repeat(2_000), 12],
  ])('lets go of the oldest beyond 8 MB of %s prompts', (_, other, many) => {
    const readings = new StoredReadings(clock);
    const first = readings.reader([{ entryId: 'a', prompt }])(prompt);
    for (let i = 0; i < many; i++) readings.reader([{ entryId: `${i}`, prompt: other }])(other);
    expect(readings.reader([{ entryId: 'a', prompt }])(prompt)).not.toBe(first);
  });

  it('keeps no prompt for longer than five minutes, whether or not others come', () => {
    jest.useFakeTimers();
    clock.advance(1); // a time of 0 is none to lru-cache
    try {
      const readings = new StoredReadings(clock);
      readings.reader([{ entryId: 'a', prompt }])(prompt);
      expect(jest.getTimerCount()).toBe(1);
      clock.advance(301_000);
      jest.advanceTimersByTime(301_000);
      expect(jest.getTimerCount()).toBe(0); // what the timer was for is gone
    } finally {
      jest.useRealTimers();
    }
  });
});
