import type { Goal, Section } from '../../offline/offline-scenario';
import { median } from '../../stats/statistics';
import { BACKLOG_MULTIPLE, CAPACITY, POLITE_RATE, SERVICE, SHARE, SLOTS } from './load';
import type { BacklogPhase, FloodPhase } from './measure';

export interface Round {
  readonly phases: readonly FloodPhase[];
  readonly backlogs: Readonly<Record<string, BacklogPhase>>;
}

const WANTED_RATIO = 1.5;
const WANTED_JAIN = 0.99;
const WANTED_REFUSAL_MS = 50;
/** Of a core, or ms: beyond it the harness shapes the figures. */
const MOST_GENERATOR_CPU = 0.8;
const MOST_LATE_MS = 20;
/** Share of the time that a gateway may wait for a core; beyond it the figures are the machine's. */
const MOST_WAITED = 0.1;

const ms = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(0));
const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

const multiplesOf = ([first]: readonly Round[]): number[] => first?.phases.map(({ multiple }) => multiple) ?? [];

/** The median over the rounds of a figure of one phase. */
function middle(
  rounds: readonly Round[],
  multiple: number,
  pick: (phase: FloodPhase, alone: FloodPhase) => number,
): number {
  return median(
    rounds.map(({ phases }) => {
      const [alone, phase] = [0, multiple].map((wanted) => phases.find((one) => one.multiple === wanted));
      return phase && alone ? pick(phase, alone) : Number.NaN;
    }),
  );
}

export function floodSection(rounds: readonly Round[]): Section {
  const head = [
    'flood',
    'polite served',
    'wait P50 ms',
    'wait P99 ms',
    'P50 ms',
    'P99 ms',
    'P99 / alone',
    'flood served/s',
  ];
  const more = [
    ...['429/s', '429 P99 ms', 'idle slots', 'most at a time'],
    ...['gateways, cores', 'waited for one', 'generator late P99 ms'],
  ];
  const rows = multiplesOf(rounds).map((multiple) => {
    const of = (pick: (phase: FloodPhase, alone: FloodPhase) => number): number => middle(rounds, multiple, pick);
    return [
      multiple === 0 ? 'none' : `${multiple}x`,
      ms(of(({ polite }) => polite.served)),
      ...[of(({ polite }) => polite.waitP50), of(({ polite }) => polite.waitP99)].map(ms),
      ...[of(({ polite }) => polite.totalP50), of(({ polite }) => polite.totalP99)].map(ms),
      of(({ polite }, alone) => polite.totalP99 / alone.polite.totalP99).toFixed(2),
      of(({ flood }) => flood.servedPerSecond).toFixed(1),
      of(({ flood }) => flood.refusedPerSecond).toFixed(0),
      ms(of(({ flood }) => flood.refusalP99)),
      percent(of(({ slots }) => slots.idleShare)),
      ms(of(({ slots }) => slots.most)),
      of(({ gatewayCores }) => gatewayCores).toFixed(2),
      percent(of(({ waitedForCore }) => waitedForCore)),
      of(({ harness }) => harness.lateP99Ms).toFixed(1),
    ];
  });
  const notes = [
    `${SLOTS} slots of ${SERVICE.latency} ms (evenly ${1 - SERVICE.jitter} to ${1 + SERVICE.jitter} times that): ${CAPACITY} calls a second, ${SHARE} each. The polite tenant asks ${POLITE_RATE} times a second (Poisson). Waited for one: share of the time in which a gateway was ready to run and others, or the other gateway, had the core. Idle slots and calls at a time are those that the upstream saw, after the first second.`,
  ];
  return { title: 'a polite tenant beside a flood', notes, table: [[...head, ...more], ...rows] };
}

export function backlogSection(title: string, rounds: readonly Round[]): Section {
  const head = ['tenant', 'weight', 'served', 'served / weight'];
  const backlogs = rounds.flatMap((round) => round.backlogs[title] ?? []);
  const rows = (backlogs[0]?.tenants ?? []).map(({ id, weight }, i) => {
    const served = median(backlogs.map(({ tenants }) => tenants[i]?.served ?? Number.NaN));
    return [id, String(weight), ms(served), (served / weight).toFixed(1)];
  });
  const idle = median(backlogs.map(({ slots }) => slots.idleShare));
  const notes = [
    `Each asks ${BACKLOG_MULTIPLE} times its share. Idle slots: ${percent(idle)}. Served counts while all were backlogged.`,
  ];
  return { title: `backlogged: ${title}`, notes, table: [head, ...rows] };
}

export function floodGoals(rounds: readonly Round[]): Goal[] {
  const floods = multiplesOf(rounds).filter((multiple) => multiple > 0);
  return [
    ...floods.map((multiple): Goal => {
      const value = middle(rounds, multiple, ({ polite }, alone) => polite.totalP99 / alone.polite.totalP99);
      return {
        name: `polite P99 beside a flood at ${multiple}x, against alone`,
        value,
        wanted: WANTED_RATIO,
        better: 'lower',
      };
    }),
    ...floods.map((multiple): Goal => {
      const value = middle(rounds, multiple, ({ flood }) => flood.refusalP99);
      return { name: `P99 of a 429 in ms, at ${multiple}x`, value, wanted: WANTED_REFUSAL_MS, better: 'lower' };
    }),
    ...Object.keys(rounds[0]?.backlogs ?? {}).map((title): Goal => {
      const value = median(rounds.map(({ backlogs }) => backlogs[title]?.jain ?? Number.NaN));
      return { name: `Jain index of served / weight, ${title}`, value, wanted: WANTED_JAIN, better: 'higher' };
    }),
  ];
}

/** What speaks against the figures. */
export function floodWarnings(rounds: readonly Round[], gateways: number): string[] {
  const warnings = gateways === 2 ? [] : ['one gateway only: two need BENCH_REDIS_URL'];
  for (const { phases, backlogs } of rounds) {
    for (const { multiple, polite, flood, waitedForCore } of phases) {
      if (waitedForCore > MOST_WAITED)
        warnings.push(`at ${multiple}x the gateways waited for a core ${percent(waitedForCore)} of the time`);
      if (polite.served < polite.sent)
        warnings.push(`at ${multiple}x, ${polite.sent - polite.served} polite requests were not served`);
      if (flood.failed > 0)
        warnings.push(`at ${multiple}x, ${flood.failed} requests of the flood failed otherwise than by 429`);
    }
    for (const { harness, slots } of [...phases, ...Object.values(backlogs)]) {
      if (harness.cpuShare > MOST_GENERATOR_CPU)
        warnings.push(`a generator used ${harness.cpuShare.toFixed(2)} of a core`);
      if (harness.lateP99Ms > MOST_LATE_MS)
        warnings.push(`a generator was ${harness.lateP99Ms.toFixed(0)} ms late at P99`);
      if (slots.most > SLOTS) warnings.push(`${slots.most} calls at a time for ${SLOTS} slots`);
    }
  }
  return [...new Set(warnings)];
}
