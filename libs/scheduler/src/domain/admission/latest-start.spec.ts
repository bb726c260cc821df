import { timeToKeepMs } from './latest-start';

describe('the time that a waiting request keeps for its call', () => {
  it.each([
    ['what nine of ten such calls take', 350, 120, 350],
    ['half of its time where they take longer', 1_500, 120, 1_000],
    ['what the fastest took where even that is longer', 1_500, 1_200, 1_200],
    ['nothing while nothing is known', null, null, 0],
  ])('is %s', (_what, serviceP90Ms, fastestMs, expected) => {
    expect(timeToKeepMs({ serviceP90Ms, fastestMs }, 2_000)).toBe(expected);
  });
});
