import path from 'node:path';
import type { Goal, Section } from '../offline/offline-scenario';
import { warningsAbout } from '../report/warnings';
import type { Measurement } from '../runner/measurement';
import { Rig } from '../runner/rig';
import { median, pairedRatios, spread } from '../stats/statistics';
import { relayConfig, type CacheTerms } from '../subjects/relay-config';
import { startRelay } from '../subjects/relay-process';
import type { RunningSubject } from '../subjects/subject';
import { openSurroundings } from '../subjects/surroundings';
import type { Experiment, ExperimentContext } from './experiment';

/** Equal requests that arrive at once, and the calls of the upstream that they may cost. */
const REQUESTS = 200;
const WANTED_CALLS = 1;
/** Of the time that the same burst takes when each request makes its own call. */
const WANTED_TIME_RATIO = 1;
/** Ms until the upstream's first chunk: longer than all of a burst takes to arrive, so that no request finds an answer stored. */
const UPSTREAM_LATENCY_MS = 500;

const TERMS: Readonly<Record<string, CacheTerms>> = {
  coalesced: { exact: { coalesce: true } },
  'each alone': { exact: { coalesce: false } },
};

/** One burst; its latencies are those of its requests. */
interface Burst extends Measurement {
  readonly upstreamCalls: number;
}

export const coalesce: Experiment = {
  summary: `${REQUESTS} equal streaming requests at once: calls of the upstream, and time until the last one has its answer`,
  run: async (context) => {
    const { options, temporary } = context;
    const rig = await Rig.start({ latency: UPSTREAM_LATENCY_MS, chunks: options.chunks, gap: options.gap });
    try {
      const surroundings = await openSurroundings();
      rig.owns(surroundings);
      const relays = new Map<string, RunningSubject>();
      for (const [label, terms] of Object.entries(TERMS)) {
        const start = (upstreamUrl: string) => ({ ...surroundings, config: relayConfig(upstreamUrl, terms) });
        const directory = path.join(temporary, label.replaceAll(' ', '-'));
        relays.set(label, await rig.add((at) => startRelay(at, start(at.upstreamUrl)), directory));
      }
      const bursts = await measureBursts(rig, relays, context);
      const warnings = [...relays.keys()].flatMap((label) =>
        warningsAbout(label, ofLabel(bursts, label), { expectedCache: null, saturated: false }),
      );
      const method = `${options.rounds} bursts at each relay, in turn, after one to warm up; figures are medians over the bursts.`;
      return { method, ...report(bursts), warnings, facts: surroundings.facts, details: { bursts } };
    } finally {
      await rig.stop();
    }
  },
};

/** In turn, with a new question for each burst; the first round only warms up. */
async function measureBursts(
  rig: Rig,
  relays: ReadonlyMap<string, RunningSubject>,
  { options, say }: ExperimentContext,
): Promise<Burst[]> {
  const bursts: Burst[] = [];
  let question = Date.now() * 10;
  for (let round = 0; round <= options.rounds; round++) {
    for (const [label, relay] of relays) {
      const before = await rig.upstreamCalls();
      const usage = await rig.measure(relay, {
        workload: { bodies: { first: question++, count: 1 }, stream: true },
        arrivals: { kind: 'burst', connections: options.connections ?? REQUESTS },
        seconds: 1,
      });
      const upstreamCalls = (await rig.upstreamCalls()) - before;
      say(`round ${round}, ${label}: ${upstreamCalls} upstream calls, last answer after ${fixed(lastMs(usage))} ms`);
      if (round > 0) bursts.push({ phase: 'burst', round, label, upstreamCalls, ...usage });
    }
  }
  return bursts;
}

function report(bursts: readonly Burst[]): { readonly sections: Section[]; readonly goals: Goal[] } {
  const [together = [], alone = []] = Object.keys(TERMS).map((label) => ofLabel(bursts, label));
  const time = spread(pairedRatios(together.map(lastMs), alone.map(lastMs)));
  const calls = Math.max(...together.map(({ upstreamCalls }) => upstreamCalls));
  const head = ['', 'upstream calls', '1st byte P50 ms', 'P50 ms', 'last ms', 'CPU ms a burst', 'requests', 'errors'];
  return {
    sections: [
      {
        title: 'bursts',
        notes: [
          `**Time until the last answer, coalesced / each alone: ${time.median.toFixed(2)}** (rounds ${time.min.toFixed(2)} to ${time.max.toFixed(2)}).`,
        ],
        table: [head, ...Object.keys(TERMS).map((label) => [label, ...cells(ofLabel(bursts, label))])],
      },
    ],
    goals: [
      { name: 'most upstream calls of a burst', value: calls, wanted: WANTED_CALLS, better: 'lower' },
      { name: 'time of a burst against each alone', value: time.median, wanted: WANTED_TIME_RATIO, better: 'lower' },
    ],
  };
}

function cells(bursts: readonly Burst[]): string[] {
  const middle = (pick: (burst: Burst) => number | null): string =>
    fixed(median(bursts.map((burst) => pick(burst) ?? Number.NaN)));
  const sum = (pick: (burst: Burst) => number): string =>
    String(bursts.reduce((total, burst) => total + pick(burst), 0));
  return [
    median(bursts.map(({ upstreamCalls }) => upstreamCalls)).toFixed(0),
    middle(({ load }) => load.firstByteMs.p50),
    middle(({ load }) => load.latencyMs.p50),
    middle(lastMs),
    middle(({ cpuUsPerRequest, load }) => (cpuUsPerRequest * load.requests) / 1_000),
    sum(({ load }) => load.requests),
    sum(({ load }) => Object.values(load.errors).reduce((total, count) => total + count, 0)),
  ];
}

const ofLabel = (bursts: readonly Burst[], label: string): Burst[] => bursts.filter((burst) => burst.label === label);
const lastMs = ({ load }: Pick<Measurement, 'load'>): number => load.latencyMs.max ?? Number.NaN;
const fixed = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(1));
