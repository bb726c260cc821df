import type { OfflineContext, OfflineResult, OfflineScenario, Section } from '../offline-scenario';
import { figuresOf, mean, type Figures } from './figures';
import { endToEndLimits, fixedLimit, poolLimits, shared, type Limiter } from './limiters';
import { daysOf, DURATION_MS, endToEndTargetMs, REFUSING, SLOWED, TARGETS } from './setting';
import { Simulation, type Upstream } from './simulate';
import type { Work } from './workload';

const CONFIGURED = 256; // calls at a time at most, for what adapts
const FIXED = Array.from({ length: 23 }, (_, i) => 8 + 4 * i);
/** A limit whose calls are refused more often for 100 answers is not one to choose. */
const MAX_REFUSALS = 10;
const GOAL = 1;
const PROCESSES = [1, 2, 3, 4];

/** How many calls at a time an upstream gets whose capacity halves and comes back. */
export const adaptive: OfflineScenario = {
  summary: 'an upstream whose capacity halves and comes back: the adaptive limit beside every fixed one',
  withoutData: true,
  run: measureAdaptive,
};

interface Measured {
  readonly best: Figures; // of the fixed limits that are seldom refused
  readonly subjects: Readonly<Record<string, Figures>>;
}

function measureAdaptive({ seed, say }: OfflineContext): Promise<OfflineResult> {
  const days = daysOf(seed);
  say('an upstream that becomes slow');
  const slowed = measure(SLOWED, days, seed);
  say('an upstream that refuses');
  const refusing = measure(REFUSING, days, seed);
  const goalOf = ({ best, subjects }: Measured): number =>
    (subjects['adaptive, targets set']?.goodput ?? NaN) / best.goodput;
  return Promise.resolve({
    sections: [
      sectionOf('An upstream that becomes slow', slowed, [
        `Good are answers with a TTFT of at most ${TARGETS.ttftMs} ms and a TPOT of at most ${TARGETS.tpotMs} ms. The best fixed limit is the one that hindsight chooses. Times are those at the upstream, in ms, without the wait for a slot.`,
        'Learnt targets are three times what was seen while it was not busy: more than what is good here, so they are to be read by throughput.',
      ]),
      sectionOf('An upstream that refuses what is beyond 1.25 times its capacity', refusing, [
        `A refused request tries again a second later. Fixed limits with more than ${MAX_REFUSALS} 429s for 100 answers are left out where the best is chosen; the best of all stands beside it.`,
      ]),
    ],
    goals: [
      { name: 'goodput over the best fixed limit, slow', value: goalOf(slowed), wanted: GOAL, better: 'higher' },
      { name: 'goodput over the best fixed limit, refusing', value: goalOf(refusing), wanted: GOAL, better: 'higher' },
    ],
    details: { slowed, refusing },
  });
}

function measure(upstream: Upstream, days: readonly (readonly Work[])[], seed: number): Measured {
  const under = (make: () => Limiter): Figures =>
    mean(
      days.map((works) => figuresOf(new Simulation(upstream, make()).run(works, DURATION_MS), DURATION_MS, TARGETS)),
    );
  const fixed = FIXED.map((limit) => ({ name: `fixed, ${limit}`, figures: under(() => fixedLimit(limit)) }));
  const byGoodput = fixed.toSorted((a, b) => b.figures.goodput - a.figures.goodput);
  const best = byGoodput.find(({ figures }) => figures.refusals <= MAX_REFUSALS);
  const [bestOfAll] = byGoodput;
  if (!best || !bestOfAll) throw new Error('no fixed limit is seldom refused');
  const shown = fixed.filter(({ name }) => ['fixed, 24', 'fixed, 48', 'fixed, 96'].includes(name));
  const subjects = {
    [`best of the fixed: ${best.name}`]: best.figures,
    ...(best === bestOfAll ? {} : { [`the same, 429s or not: ${bestOfAll.name}`]: bestOfAll.figures }),
    ...Object.fromEntries(shown.map(({ name, figures }) => [name, figures])),
    'adaptive, targets set': under(() => poolLimits(CONFIGURED, TARGETS)),
    'the same in four processes': under(() => shared(PROCESSES.map(() => poolLimits(CONFIGURED, TARGETS)))),
    'adaptive, targets learnt': under(() => poolLimits(CONFIGURED, {})),
    'not adaptive, 429s only': under(() => poolLimits(CONFIGURED)),
    'adaptive on the whole time, target set': under(() => endToEndLimits(CONFIGURED, endToEndTargetMs(seed))),
    'adaptive on the whole time, target learnt': under(() => endToEndLimits(CONFIGURED)),
  };
  return { best: best.figures, subjects };
}

const sectionOf = (title: string, { best, subjects }: Measured, notes: readonly string[]): Section => ({
  title,
  notes,
  table: [
    ['', 'answers/s', 'good/s', 'of best', 'P50 TTFT', 'P99 TTFT', 'P99 TPOT', '429s/100', 'in flight'],
    ...Object.entries(subjects).map(([name, figures]) => [
      name,
      figures.throughput.toFixed(2),
      figures.goodput.toFixed(2),
      (figures.goodput / best.goodput).toFixed(2),
      figures.ttftP50.toFixed(0),
      figures.ttftP99.toFixed(0),
      figures.tpotP99.toFixed(0),
      figures.refusals.toFixed(1),
      figures.inFlight.toFixed(0),
    ]),
  ],
});
