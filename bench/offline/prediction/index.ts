import { seededRandom } from '../../training/random';
import type { Goal, OfflineResult, OfflineScenario, Section } from '../offline-scenario';
import { azureConversations, manyTenants, type Arrival } from './arrivals';
import { classGoals, classSections, measureClasses } from './classes';
import { figuresOf, QUANTITIES, recovery, type Figures } from './figures';
import { replay, type Call } from './replay';

const GOAL_COVERAGE = { from: 0.87, to: 0.94 };
const GOAL_AFTER_SLOWDOWN = 0.85;
/** Calls that the goal after a slowdown allows: some minutes of the busy trace. */
const GOAL_CALLS = 1_000;
const MS_PER_MINUTE = 60_000;
const LEVELS = ['size', 'task', 'target', 'none'] as const;

interface Stream {
  readonly name: string;
  readonly arrivals: readonly Arrival[];
  readonly targetOf: (arrival: Arrival) => string;
}

/** Lengths and arrivals are real; times are made up (service-model.ts), as no public trace has them. */
export const prediction: OfflineScenario = {
  summary:
    'coverage of predicted P50 and P90 of service time, first token and output tokens, after a slowdown, and waits by where long work begins',
  async run({ data, seed, say }): Promise<OfflineResult> {
    const azure = await azureConversations(data);
    const tenants = await manyTenants(data);
    const streams: Stream[] = [
      { name: 'Azure, conversations', arrivals: azure, targetOf: () => 'one' },
      { name: '27 tenants, one target', arrivals: tenants, targetOf: () => 'one' },
      { name: '27 tenants, a target each', arrivals: tenants, targetOf: ({ source }) => source },
    ];
    const [quality, levels, slow]: [string[][], string[][], string[][]] = [[], [], []];
    const goals: Goal[] = [];
    for (const { name, arrivals, targetOf } of streams) {
      say(`${name}: ${arrivals.length} calls`);
      const calls = replay(arrivals, { targetOf, random: seededRandom(seed) });
      for (const quantity of QUANTITIES) {
        const figures = figuresOf(calls, quantity);
        quality.push([name, quantity, ...cells(figures)]);
        goals.push(...coverageGoals(`${name}: P90 coverage of ${quantity}`, figures));
      }
      levels.push(...byLevel(name, calls));
      const middle = (arrivals.at(-1)?.atMs ?? 0) / 2;
      const slowed = replay(arrivals, { targetOf, slowFromMs: middle, random: seededRandom(seed) });
      const back = recovery(slowed, middle, GOAL_AFTER_SLOWDOWN);
      slow.push([name, back ? `${back.calls}` : 'never', back ? (back.ms / MS_PER_MINUTE).toFixed(1) : '']);
      goals.push({
        ...{ name: `${name}: calls until P90 covers ${GOAL_AFTER_SLOWDOWN} after a slowdown`, better: 'lower' },
        ...{ value: back?.calls ?? NaN, wanted: GOAL_CALLS },
      });
    }
    const classes = await measureClasses(data, seed, say);
    const tables = { quality, levels, slow };
    return {
      sections: [...sectionsOf(tables), ...classSections(classes)],
      goals: [...goals, ...classGoals(classes)],
      details: { ...tables, classes },
    };
  },
};

type Tables = Readonly<Record<'quality' | 'levels' | 'slow', string[][]>>;

const coverageGoals = (name: string, { p90 }: Figures): Goal[] => [
  { name, value: p90, wanted: GOAL_COVERAGE.from, better: 'higher' },
  { name: `${name}, not too much`, value: p90, wanted: GOAL_COVERAGE.to, better: 'lower' },
];

function byLevel(name: string, calls: readonly Call[]): string[][] {
  return LEVELS.map((level) => {
    const those = calls.filter(({ predicted }) => predicted.basis === level);
    return [name, level, String(those.length), ...cells(figuresOf(those, 'service')).slice(1)];
  }).filter(([, , count]) => count !== '0');
}

const cells = ({ calls, p50, p90, error }: Figures): string[] => [
  String(calls),
  ...[p50, p90, error].map((value) => (Number.isNaN(value) ? '' : value.toFixed(3))),
];

function sectionsOf({ quality, levels, slow }: Tables): Section[] {
  const head = ['calls', 'covered by P50', 'covered by P90', 'error of P50'];
  return [
    {
      title: 'Predicted before, compared after',
      notes: [
        'Arrivals and lengths are real; times are made up: the first token grows with the prompt, the pace falls with the calls in flight, both with lognormal noise. Error: distances from P50 over what came, as sums.',
      ],
      table: [['trace', 'of', ...head], ...quality],
    },
    { title: 'Service time by what it was predicted from', notes: [], table: [['trace', 'basis', ...head], ...levels] },
    {
      title: 'After everything takes twice as long, in the middle of the trace',
      notes: ['Until P90 covers 0.85 of the latest 100 calls again. Calls that are under way teach nothing yet.'],
      table: [['trace', 'calls', 'minutes'], ...slow],
    },
  ];
}
