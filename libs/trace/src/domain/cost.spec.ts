import fc from 'fast-check';
import { costUsd, sumUsd, trimDecimal } from './cost';
import type { TokenPrice, TokenUsage } from './token-price';

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

  it.each([-5, Number.NaN, Number.POSITIVE_INFINITY])('charges nothing for %p tokens, and does not fail', (tokens) => {
    expect(costUsd(usage(tokens, tokens, 100), price)).toBe('0.00006');
    expect(costUsd({ ...usage(100, tokens, tokens), cacheWriteTokens: tokens }, price)).toBe('0.000015');
  });

  it('charges whole tokens', () => {
    expect(costUsd(usage(100.9, 0, 0), price)).toBe('0.000015');
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

/** As a bill has it: what, how many tokens, at how many USD per million. */
type BillLine = readonly [tokens: number, perMTok: string];

/** USD of a bill to the 12th decimal, by another way than the one that is tested: whole picodollars. */
function billed(lines: readonly BillLine[]): string {
  const picodollars = lines.reduce((sum, [tokens, perMTok]) => {
    const [whole = '0', fraction = ''] = perMTok.split('.');
    return sum + BigInt(tokens) * BigInt(whole + fraction.padEnd(6, '0')); // 1e-6 USD per 1e6 tokens: 1e-12 USD
  }, 0n);
  const digits = picodollars.toString().padStart(13, '0');
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`;
}

const GEMINI_PRO = {
  ...{ inputPerMTok: 1.25, cachedInputPerMTok: 0.125, outputPerMTok: 10 },
  above: [{ inputTokens: 200_000, inputPerMTok: 2.5, cachedInputPerMTok: 0.25, outputPerMTok: 15 }],
};
const SONNET = {
  ...{ inputPerMTok: 3, cachedInputPerMTok: 0.3, cacheWriteInputPerMTok: 3.75, cacheWriteHourInputPerMTok: 6 },
  outputPerMTok: 15,
};
const AUDIO = {
  ...{ inputPerMTok: 2.5, cachedInputPerMTok: 1.25, audioInputPerMTok: 40 },
  ...{ outputPerMTok: 10, audioOutputPerMTok: 80, reasoningPerMTok: 12 },
};
const MINI = {
  ...{ inputPerMTok: 0.15, cachedInputPerMTok: 0.075, outputPerMTok: 0.6 },
  batch: { inputPerMTok: 0.075, outputPerMTok: 0.3 },
};

const INVOICES: readonly {
  readonly of: string;
  readonly usage: TokenUsage;
  readonly price: TokenPrice;
  readonly batch?: boolean;
  readonly lines: readonly BillLine[];
  readonly usd: string; // by hand
}[] = [
  {
    of: 'OpenAI: cached, audio both ways, reasoning',
    usage: {
      ...{ inputTokens: 12_345, cachedInputTokens: 4_096, audioInputTokens: 1_200 },
      ...{ outputTokens: 3_210, reasoningTokens: 1_024, audioOutputTokens: 800 },
    },
    price: AUDIO,
    lines: [
      [4_096, '1.25'],
      [1_200, '40'],
      [7_049, '2.5'],
      [1_024, '12'],
      [800, '80'],
      [1_386, '10'],
    ],
    usd: '0.1608905', // 0.00512 + 0.048 + 0.0176225 + 0.012288 + 0.064 + 0.01386
  },
  {
    of: 'OpenAI: one of a batch',
    usage: { inputTokens: 1_000_000, cachedInputTokens: 1_000, outputTokens: 333_333 },
    price: MINI,
    batch: true,
    lines: [
      [1_000_000, '0.075'],
      [333_333, '0.3'],
    ],
    usd: '0.1749999',
  },
  {
    of: 'Anthropic: read from the cache, written for five minutes and for an hour',
    usage: {
      ...{ inputTokens: 21_234, cachedInputTokens: 18_000, cacheWriteTokens: 3_000, cacheWriteHourTokens: 1_000 },
      outputTokens: 555,
    },
    price: SONNET,
    lines: [
      [18_000, '0.3'],
      [1_000, '6'],
      [2_000, '3.75'],
      [234, '3'],
      [555, '15'],
    ],
    usd: '0.027927', // 0.0054 + 0.006 + 0.0075 + 0.000702 + 0.008325
  },
  {
    of: 'Gemini: as long as the lower price goes',
    usage: { inputTokens: 200_000, cachedInputTokens: 0, outputTokens: 1_000, reasoningTokens: 600 },
    price: GEMINI_PRO,
    lines: [
      [200_000, '1.25'],
      [1_000, '10'],
    ],
    usd: '0.26',
  },
  {
    of: 'Gemini: one token longer, so that all of it costs more',
    usage: { inputTokens: 200_001, cachedInputTokens: 50_000, outputTokens: 1_000, reasoningTokens: 600 },
    price: GEMINI_PRO,
    lines: [
      [50_000, '0.25'],
      [150_001, '2.5'],
      [1_000, '15'],
    ],
    usd: '0.4025025', // 0.0125 + 0.3750025 + 0.015
  },
  {
    of: 'DeepSeek: hit and miss',
    usage: { inputTokens: 7_777, cachedInputTokens: 7_040, outputTokens: 431 },
    price: { inputPerMTok: 0.435, cachedInputPerMTok: 0.003625, outputPerMTok: 0.87 },
    lines: [
      [7_040, '0.003625'],
      [737, '0.435'],
      [431, '0.87'],
    ],
    usd: '0.000721085', // 0.00002552 + 0.000320595 + 0.00037497
  },
  {
    of: 'Groq',
    usage: { inputTokens: 4_641, cachedInputTokens: 4_608, outputTokens: 1_817 },
    price: { inputPerMTok: 0.59, cachedInputPerMTok: 0.295, outputPerMTok: 0.79 },
    lines: [
      [4_608, '0.295'],
      [33, '0.59'],
      [1_817, '0.79'],
    ],
    usd: '0.00281426', // 0.00135936 + 0.00001947 + 0.00143543
  },
  {
    of: 'images',
    usage: {
      inputTokens: 50,
      cachedInputTokens: 0,
      imageInputTokens: 40,
      outputTokens: 1_056,
      imageOutputTokens: 1_056,
    },
    price: { inputPerMTok: 5, imageInputPerMTok: 10, outputPerMTok: 0, imageOutputPerMTok: 40 },
    lines: [
      [40, '10'],
      [10, '5'],
      [1_056, '40'],
    ],
    usd: '0.04269',
  },
];

describe('an invoice', () => {
  it.each(INVOICES)('of $of is met to the 12th decimal', ({ usage, price, batch = false, lines, usd }) => {
    expect(Number(billed(lines))).toBe(Number(usd)); // the two computations by hand agree
    expect(costUsd(usage, price, { batch })).toBe(usd);
  });

  it('over ten thousand requests is the sum of what they cost, to the cent and beyond', () => {
    const costs: (string | null)[] = [];
    const tokens = { cached: 0, fresh: 0, output: 0 };
    for (let i = 0; i < 10_000; i++) {
      const [inputTokens, cachedInputTokens, outputTokens] = [
        137 + ((i * 7_919) % 9_001),
        (i * 31) % 130,
        1 + (i % 997),
      ];
      costs.push(costUsd({ inputTokens, cachedInputTokens, outputTokens }, MINI));
      tokens.cached += cachedInputTokens;
      tokens.fresh += inputTokens - cachedInputTokens;
      tokens.output += outputTokens;
    }
    const invoice = billed([
      [tokens.cached, '0.075'],
      [tokens.fresh, '0.15'],
      [tokens.output, '0.6'],
    ]);
    expect(sumUsd(costs)).toBe(trimDecimal(invoice));
  });
});

describe('whatever is counted', () => {
  const tokens = fc.integer({ min: 0, max: 300_000 });
  const usages = fc.record({
    ...{ inputTokens: tokens, cachedInputTokens: tokens, cacheWriteTokens: tokens, cacheWriteHourTokens: tokens },
    ...{ audioInputTokens: tokens, imageInputTokens: tokens },
    ...{ outputTokens: tokens, reasoningTokens: tokens, audioOutputTokens: tokens, imageOutputTokens: tokens },
  });
  const PRICES: readonly TokenPrice[] = [GEMINI_PRO, SONNET, AUDIO, MINI];
  const usd = (usage: TokenUsage, price: TokenPrice): number => Number(costUsd(usage, price));

  it('costs no more than if every token were of the dearest kind, and no less than if of the cheapest', () => {
    fc.assert(
      fc.property(usages, fc.constantFrom(...PRICES), (usage, { batch: _batch, above = [], ...rates }) => {
        const all = [rates, ...above].map(({ ...tier }) => Object.entries(tier)).flat();
        const of = (side: RegExp): number[] => all.filter(([key]) => side.test(key)).map(([, rate]) => Number(rate));
        const [inputs, outputs] = [of(/nputPerMTok$/), of(/^output|^reasoning|Output/)];
        const at = (pick: (...rates: number[]) => number): number =>
          (usage.inputTokens * pick(...inputs) + usage.outputTokens * pick(...outputs)) / 1e6;
        const cost = usd(usage, { ...rates, above });
        expect(cost).toBeLessThanOrEqual(at(Math.max) + 1e-9);
        expect(cost).toBeGreaterThanOrEqual(at(Math.min) - 1e-9);
      }),
    );
  });

  it('costs what its whole costs where no part has a price of its own: no token counts twice', () => {
    const plain = { inputPerMTok: 3, outputPerMTok: 15 };
    fc.assert(
      fc.property(usages, (usage) => {
        const { inputTokens, outputTokens } = usage;
        expect(costUsd(usage, plain)).toBe(costUsd({ inputTokens, cachedInputTokens: 0, outputTokens }, plain));
      }),
    );
  });

  it('costs no less with more of it', () => {
    fc.assert(
      fc.property(usages, tokens, fc.constantFrom(...PRICES), (usage, more, price) => {
        const before = usd(usage, price);
        expect(usd({ ...usage, outputTokens: usage.outputTokens + more }, price)).toBeGreaterThanOrEqual(before);
        // Parts that were cut are the dearer or cheaper ones; with parts that fit, a longer input costs more.
        const fitting = { ...usage, inputTokens: usage.inputTokens + 1_500_000 };
        const longer = { ...fitting, inputTokens: fitting.inputTokens + more };
        expect(usd(longer, price)).toBeGreaterThanOrEqual(usd(fitting, price));
      }),
    );
  });
});
