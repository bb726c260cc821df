import { durationText } from './duration-text';

describe('a duration as text', () => {
  it.each([0, 0.001, 0.01, 0.1, 0.5, 1, 10, 12.5, 120.23, 120.009, 999.999, 1_121.969, 86_400_000.001])(
    'is the shortest decimal of %d, as a number is written',
    (ms) => expect(durationText(ms)).toBe(String(ms)),
  );

  it('is as a number is written for every microsecond', () => {
    for (let us = 0; us < 3_000; us++) expect(durationText(us / 1_000)).toBe(String(us / 1_000));
  });

  it.each([-0, -1.5, 0.0004, 1 / 3, 1e15, 1e300, Number.NaN, Infinity])('is that of %d all the same', (ms) =>
    expect(durationText(ms)).toBe(String(ms)),
  );
});
