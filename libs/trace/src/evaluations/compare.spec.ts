import { entryOf } from '../../test/latency-entries';
import { compare } from './compare';
import { noRequests, type Sample } from './sample';

/** Numbers from 0 to 1 that are the same at each run (a linear congruential generator of Numerical Recipes). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

interface World {
  readonly quality: number;
  readonly errors: number;
  readonly medianMs: number;
  readonly usd: number;
}
const USUAL: World = { quality: 0.8, errors: 0.02, medianMs: 800, usd: 0.002 };

/** 400 requests of which a fifth are judged, with latencies and costs that are skewed as real ones are. */
function drawn(world: World, random: () => number): Sample {
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const sums = { ok: 0, errors: 0, said: 0, liked: 0, cost: 0, squares: 0, tokens: 0, tokenSquares: 0 };
  const latencies: number[] = [];
  for (let n = 0; n < 400; n++) {
    if (random() < world.errors) sums.errors++;
    else {
      sums.ok++;
      latencies.push(world.medianMs * Math.exp(0.7 * gauss()));
      const tokens = Math.round(200 * Math.exp(0.6 * gauss()));
      const usd = (world.usd * tokens) / 200;
      sums.cost += usd;
      sums.squares += usd * usd;
      sums.tokens += tokens;
      sums.tokenSquares += tokens * tokens;
      if (random() < 0.2) {
        sums.said++;
        sums.liked += Number(random() < world.quality);
      }
    }
  }
  return {
    ...noRequests('drawn'),
    ...{ requests: 400, ok: sums.ok, errors: sums.errors, hits: Math.round(sums.ok / 4) },
    ...{ priced: sums.ok, costUsd: String(sums.cost), costSquares: sums.squares },
    ...{ counted: sums.ok, outputTokens: sums.tokens, tokenSquares: sums.tokenSquares },
    latency: Buffer.concat(latencies.map(entryOf)),
    verdicts: {
      ...{ voices: sums.said, count: sums.said, sum: sums.liked },
      ...{ countSquares: sums.said, sumSquares: sums.liked, products: sums.liked },
    },
  };
}

const ROUNDS = 200;

it('cries wolf in less than one of twenty comparisons of what is alike, whatever the number of figures', () => {
  const random = seeded(11);
  let alarms = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { figures } = compare(drawn(USUAL, random), drawn(USUAL, random), 0);
    if (figures.some(({ verdict }) => ['worse', 'better', 'different'].includes(verdict))) alarms++;
  }
  expect(alarms / ROUNDS).toBeLessThan(0.06);
});

it.each([
  ['quality', { ...USUAL, quality: 0.5 }],
  ['p50Ms', { ...USUAL, medianMs: 1_200 }],
  ['errorShare', { ...USUAL, errors: 0.12 }],
  ['costPer1kUsd', { ...USUAL, usd: 0.003 }],
])('finds a loss of %s that matters, in nine of ten comparisons', (figure, world) => {
  const random = seeded(3);
  let found = 0;
  for (let round = 0; round < 50; round++) {
    const compared = compare(drawn(USUAL, random), drawn(world, random), 0.01);
    const verdict = compared.figures.find(({ figure: name }) => name === figure)?.verdict;
    if (verdict === 'worse' && compared.regression) found++;
  }
  expect(found).toBeGreaterThanOrEqual(45);
});

it('does not take for the same what it has seen too little of', () => {
  const few = { ...drawn(USUAL, seeded(5)), ok: 9, errors: 1, priced: 9, counted: 9, latency: entryOf(100) };
  const { figures, tested } = compare(few, { ...few, verdicts: noRequests(null).verdicts }, 0);
  expect(tested).toBe(0);
  expect(new Set(figures.map(({ verdict }) => verdict))).toEqual(new Set(['too-few']));
});
