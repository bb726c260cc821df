import path from 'node:path';
import { relayConfigSchema } from '@relay/config';
import { policyDocumentSchema, type RouteStrategy } from '@relay/contracts';
import { NOTHING_LIVE, plannerOf, type LiveFacts, type PlanRequest } from '@relay/policy';
import { z } from 'zod';
import { readRows } from '../../data/jsonl';
import { seededRandom } from '../../training/random';
import type { Goal, OfflineContext, OfflineResult, OfflineScenario } from '../offline-scenario';
import { bareCel } from './bare-cel';
import { fiftyRules, RULES } from './fifty-rules';
import { CONFIG, liveFacts, requestsOf } from './requests';

const REQUESTS = 2_000; // distinct ones, taken in turn
const WARM_UP = 40_000; // calls
const CALLS = 200_000;
const GOAL_P99_US = 20;
const NS_PER_US = 1_000;
const promptSchema = z.object({ prompt: z.string() });

/** In µs a call. */
interface Timing {
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number; // processor time, collection of garbage included: what others on the machine do not touch
}

/** How long one plan takes, with 50 rules, against the bare evaluation of their conditions. */
export const plan: OfflineScenario = {
  summary: `time of plan() with ${RULES} rules, beside the bare evaluation of the same conditions`,
  run: measurePlan,
};

async function measurePlan({ data, seed, say }: OfflineContext): Promise<OfflineResult> {
  const rows = await readRows(path.join(data, 'routing', 'mmlu_gsm8k_pair.jsonl.gz'), promptSchema);
  const requests = requestsOf(
    rows.slice(0, REQUESTS).map(({ prompt }) => prompt),
    seededRandom(seed),
  );
  say(`${CALLS} calls each, ${requests.length} requests in turn`);
  const reference = time(requests, bareCel());
  const subjects = {
    'ordered, nothing live': time(requests, planning('ordered', NOTHING_LIVE)),
    'cost with a floor, 20 targets live': time(requests, planning('cost', liveFacts())),
    'hybrid, 20 targets live': time(requests, planning('hybrid', liveFacts())),
    'bandit, 20 targets live': time(requests, planning('bandit', liveFacts())),
  };
  const row = (name: string, { p50, p99, cpu }: Timing): string[] => [
    name,
    ...[p50, p99, cpu, p50 / reference.p50, p99 / reference.p99, cpu / reference.cpu].map((value) => value.toFixed(2)),
  ];
  const goals: Goal[] = Object.entries(subjects).map(([name, { p99 }]) => ({
    name: `P99 of plan() in µs: ${name}`,
    value: p99,
    wanted: GOAL_P99_US,
    better: 'lower',
  }));
  return {
    sections: [
      {
        title: `plan() with ${RULES} rules, in µs`,
        notes: [
          'Facts are read anew for each call; the prompt was classified before. Outcomes that were met before are remembered, as in serving.',
        ],
        table: [
          ['', 'P50', 'P99', 'CPU', 'P50 / bare', 'P99 / bare', 'CPU / bare'],
          row('bare CEL, facts at hand', reference),
          ...Object.entries(subjects).map(([name, timing]) => row(name, timing)),
        ],
      },
    ],
    goals,
    details: { reference, subjects, calls: CALLS },
  };
}

function planning(strategy: RouteStrategy, live: LiveFacts): (request: PlanRequest) => unknown {
  const document = policyDocumentSchema.parse({
    name: 'bench',
    version: 1,
    defaults: { route: { strategy, qualityFloor: 0.6 } },
    rules: fiftyRules(),
  });
  const planner = plannerOf(document, relayConfigSchema.parse(CONFIG));
  if (!planner.ok) throw new Error(JSON.stringify(planner.error));
  return (request) => {
    const planned = planner.value.plan(request, live);
    if (!planned.ok) throw planned.error;
    return planned.value;
  };
}

function time(requests: readonly PlanRequest[], call: (request: PlanRequest) => unknown): Timing {
  const run = (times: number, each: (ns: number) => void): void => {
    for (let i = 0; i < times; i++) {
      const request = requests[i % requests.length];
      if (!request) continue;
      const before = process.hrtime.bigint();
      call(request);
      each(Number(process.hrtime.bigint() - before));
    }
  };
  run(WARM_UP, () => undefined);
  const times = new Float64Array(CALLS);
  let at = 0;
  const before = process.cpuUsage();
  run(CALLS, (ns) => (times[at++] = ns / NS_PER_US));
  const { user, system } = process.cpuUsage(before);
  times.sort();
  const quantile = (q: number): number => times[Math.min(CALLS - 1, Math.floor(q * CALLS))] ?? 0;
  return { p50: quantile(0.5), p99: quantile(0.99), cpu: (user + system) / CALLS };
}
