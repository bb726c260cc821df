import { canaryGuardrailsSchema, type CanaryGuardrails, type CanaryJudgement } from '@relay/contracts';
import { SeededDraws } from '../../domain/routing/seeded';
import { FALSE_STOPS, judgeCanary, reasonsOf } from './judge-canary';
import { measured, type Request } from '../../../test/canary-requests';

const DEFAULTS = canaryGuardrailsSchema.parse({});
const STRICT = canaryGuardrailsSchema.parse({ errorRate: 0, p95: 0, cost: 0, quality: 0 });
const WHEN = { at: 2, from: 1 };

/** How requests of a side turn out. */
interface World {
  readonly failing: number; // share
  readonly slower: number; // factor
  readonly dearer: number; // factor
  readonly score: number;
  /** How much users differ from one another: each multiplies failures, latency and cost by a factor of its own. */
  readonly spread: number;
}

const NORMAL: World = { failing: 0.02, slower: 1, dearer: 1, score: 0.5, spread: 0 };
const LOOKS = 20;
const SHARE = 0.1;
const RATED = 0.3; // of the requests

/** The looks at a canary of `requests` each, until it is stopped; `users` are split by its share. */
function judgementsOf(
  canary: World,
  seed: number,
  requests: number,
  users: number,
  rails: CanaryGuardrails,
): CanaryJudgement[] {
  const draws = new SeededDraws(seed);
  const own = Array.from({ length: users }, () => Math.exp(canary.spread * normal(draws)));
  const served: Request[] = [];
  const judgements: CanaryJudgement[] = [];
  for (let look = 0; look < LOOKS; look++) {
    for (let i = 0; i < requests; i++) served.push(request(draws, own, canary));
    judgements.push(judgeCanary(measured(served, rails.p95 ?? 0), rails, WHEN));
    if (judgements.at(-1)?.verdict === 'worse') break;
  }
  return judgements;
}

function request(draws: SeededDraws, own: readonly number[], world: World): Request {
  const user = Math.floor(draws.next() * own.length);
  const isCanary = user < own.length * SHARE;
  const { failing, slower, dearer, score } = isCanary ? world : NORMAL;
  const factor = own[user] ?? 1;
  const failed = draws.next() < Math.min(1, failing * factor);
  const ms = 400 * slower * factor * Math.exp(0.7 * normal(draws));
  const cost = 0.002 * dearer * factor * Math.exp(0.8 * normal(draws));
  const rated = draws.next() < RATED ? (draws.next() < (score + 1) / 2 ? 1 : -1) : null;
  return { isCanary, unit: String(user), failed, ms, cost, score: rated };
}

/** Box and Muller. */
function normal(draws: SeededDraws): number {
  return Math.sqrt(-2 * Math.log(1 - draws.next())) * Math.cos(2 * Math.PI * draws.next());
}

function stopsOf(
  world: World,
  {
    runs,
    requests = 100,
    users = 200,
    rails = STRICT,
  }: { runs: number; requests?: number; users?: number; rails?: CanaryGuardrails },
): number {
  const all = Array.from({ length: runs }, (_value, i) => judgementsOf(world, 1_000 + i, requests, users, rails));
  return all.filter((judgements) => judgements.at(-1)?.verdict === 'worse').length / runs;
}

describe('a canary that is looked at again and again', () => {
  it('and is as what is in force is hardly ever stopped, though nothing worse is allowed', () => {
    expect(stopsOf(NORMAL, { runs: 20 })).toBeLessThanOrEqual(FALSE_STOPS);
  });

  it('is hardly ever stopped because users differ from one another', () => {
    const different = { ...NORMAL, spread: 0.5 };
    expect(stopsOf(different, { runs: 20, users: 100 })).toBeLessThanOrEqual(FALSE_STOPS);
  });

  it.each([
    ['fails five times as often', { failing: 0.1 }, 'errorRate'],
    ['is slower by three fifths', { slower: 1.6 }, 'p95'],
    ['is dearer by half', { dearer: 1.5 }, 'cost'],
    ['is liked less', { score: 0.1 }, 'quality'],
  ] as const)('and %s is stopped for just that', (_what, worse, guardrail) => {
    for (let seed = 0; seed < 2; seed++) {
      const last = judgementsOf({ ...NORMAL, ...worse }, seed, 500, 300, DEFAULTS).at(-1);
      expect(last?.verdict).toBe('worse');
      expect(last?.checks.filter(({ verdict }) => verdict === 'worse').map((check) => check.guardrail)).toEqual([
        guardrail,
      ]);
    }
  });

  it('and fails always is stopped after a few requests', () => {
    const judgements = judgementsOf({ ...NORMAL, failing: 1 }, 1, 100, 100, DEFAULTS);
    expect(judgements.length).toBeLessThanOrEqual(8); // looks at 100 requests each, a tenth of them its own
    expect(reasonsOf(judgements.at(-1) as CanaryJudgement)).toMatch(
      /^Failures: 100 % against .*; worse by at least .* points; allowed 1 point$/,
    );
  });

  it('and is worse by what is allowed goes on', () => {
    const rails = canaryGuardrailsSchema.parse({ errorRate: 0.05, p95: 0.5, cost: 0.5, quality: 0.5 });
    const allowed = { ...NORMAL, failing: 0.05, slower: 1.3, dearer: 1.3, score: 0.2 };
    expect(stopsOf(allowed, { runs: 6, rails })).toBe(0);
  });

  it('is found to be fine in the end', () => {
    const last = judgementsOf(NORMAL, 7, 3_000, 500, canaryGuardrailsSchema.parse({ quality: null })).at(-1);
    expect(last?.checks.map(({ verdict }) => verdict)).toEqual(['fine', 'fine', 'fine']);
    expect(last?.verdict).toBe('fine');
  });
});

it('says nothing of a few requests, and what it waits for', () => {
  const { verdict, checks, canary } = judgeCanary(measured([], 0), DEFAULTS, WHEN);
  expect(verdict).toBe('waiting');
  expect(checks[0]?.says).toBe('Failures: waits for 50 requests on each side; so far 0 of the canary, 0 in force');
  expect(canary).toMatchObject({ requests: 0, errorRate: null, p95Ms: null, costUsd: null });
});

it('does not look at what is not guarded', () => {
  const [judgement] = judgementsOf({ ...NORMAL, failing: 1 }, 1, 200, 100, { ...DEFAULTS, errorRate: null });
  expect(judgement?.verdict).not.toBe('worse');
  expect(judgement?.checks.map(({ guardrail }) => guardrail)).toEqual(['p95', 'cost', 'quality']);
});
