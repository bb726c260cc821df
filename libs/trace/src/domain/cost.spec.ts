import { costUsd, sumUsd, trimDecimal } from './cost';

const usage = (inputTokens: number | null, cachedInputTokens: number | null, outputTokens: number | null) => ({
  inputTokens,
  cachedInputTokens,
  outputTokens,
});

describe('costUsd', () => {
  const price = { inputPerMTok: 0.15, cachedInputPerMTok: 0.075, outputPerMTok: 0.6 };

  it('charges cached input at its own price', () => {
    // 600 x 0.15 + 400 x 0.075 + 100 x 0.60, per million
    expect(costUsd(usage(1_000, 400, 100), price)).toBe('0.00018');
  });

  it('charges cached input as input when it has no price of its own', () => {
    expect(costUsd(usage(1_000, 400, 0), { inputPerMTok: 2, outputPerMTok: 8 })).toBe('0.002');
  });

  it('is exact where floating point is not', () => {
    // 0.1 + 0.2 in floating point is 0.30000000000000004
    expect(costUsd(usage(1_000_000, 0, 1_000_000), { inputPerMTok: 0.1, outputPerMTok: 0.2 })).toBe('0.3');
    expect(costUsd(usage(3, 0, 0), { inputPerMTok: 0.1, outputPerMTok: 0 })).toBe('0.0000003');
  });

  it('adds up over many answers without drift', () => {
    const one = costUsd(usage(1, 0, 0), { inputPerMTok: 0.07, outputPerMTok: 0 });
    const million = costUsd(usage(1_000_000, 0, 0), { inputPerMTok: 0.07, outputPerMTok: 0 });
    expect([one, million]).toEqual(['0.00000007', '0.07']);
  });

  it('takes prices that JavaScript writes with an exponent', () => {
    expect(costUsd(usage(1_000_000_000, 0, 0), { inputPerMTok: 1e-7, outputPerMTok: 0 })).toBe('0.0001');
  });

  it('rounds half up at the twelfth decimal', () => {
    expect(costUsd(usage(1, 0, 0), { inputPerMTok: 0.0000005, outputPerMTok: 0 })).toBe('0.000000000001');
    expect(costUsd(usage(1, 0, 0), { inputPerMTok: 0.0000004, outputPerMTok: 0 })).toBe('0');
  });

  it('never charges more cached tokens than there was input', () => {
    expect(costUsd(usage(10, 20, 0), price)).toBe('0.00000075');
  });

  it('is unknown without a price or without usage', () => {
    expect(costUsd(usage(1, 0, 1), undefined)).toBeNull();
    expect(costUsd(usage(null, null, null), price)).toBeNull();
  });

  it('counts a free model as free, not as unknown', () => {
    expect(costUsd(usage(1_000, 0, 1_000), { inputPerMTok: 0, outputPerMTok: 0 })).toBe('0');
  });
});

describe('sumUsd', () => {
  it('adds to the last digit, where numbers would not', () => {
    expect(sumUsd(['0.1', '0.2'])).toBe('0.3');
    expect(sumUsd(['0.000000000001', '999999.999999999999'])).toBe('1000000');
    expect(sumUsd(['2', '0', '0.5'])).toBe('2.5');
  });

  it('adds what is known, and is unknown where nothing is', () => {
    expect(sumUsd([null, '0.25', null])).toBe('0.25');
    expect(sumUsd(['0', null])).toBe('0');
    expect(sumUsd([null])).toBeNull();
    expect(sumUsd([])).toBeNull();
  });
});

describe('trimDecimal', () => {
  it.each([
    ['0.500000', '0.5'],
    ['2.000', '2'],
    ['100', '100'],
    ['0.000000000000', '0'],
  ])('makes %s %s', (text, trimmed) => expect(trimDecimal(text)).toBe(trimmed));
});
