import { crossed } from './crossed';

describe('thresholds of a budget', () => {
  it.each([
    ['100', 0.55, '55'],
    ['0.1', 0.7, '0.07'],
    ['999999999.999999999', 1, '999999999.999999999'],
  ])('of %s USD are crossed at %d by %s USD, and not of a limit that is higher', (limitUsd, threshold, spentUsd) => {
    expect(crossed({ limitUsd, alerts: [threshold] }, spentUsd)).toEqual([threshold]);
    expect(crossed({ limitUsd: `${Number(limitUsd) + 1}`, alerts: [threshold] }, spentUsd)).toEqual([]);
  });

  it('are told apart in ten-thousandths, each once', () => {
    expect(crossed({ limitUsd: '1', alerts: [0.5, 0.50001, 0.5001, 1] }, '0.5001')).toEqual([0.5, 0.5001]);
  });

  it('are not crossed by what is less by the last digit of an amount', () => {
    expect(crossed({ limitUsd: '100', alerts: [0.55] }, '54.999999999999')).toEqual([]);
  });
});
