import { rm } from 'node:fs/promises';
import type { BenchOptions } from '../options';
import type { Scenario, ScenarioPlan } from '../scenarios/scenario';
import { Harness, type StartedContender } from './harness';
import type { Measurement } from './measurement';

/** Seconds for which the harness alone is measured before the rounds. */
const CEILING_SECONDS = 3;
/**
 * A server is warm when it has answered so many: of the first 700 streams, a sixth of the relay's CPU went to V8's optimising compiler, whose work is
 * done once a process and not once a request. In spells of the warm-up's seconds, at most so many of them.
 */
const WARM_REQUESTS = 3_000;
const MAX_WARM_UP_SPELLS = 10;

export interface ScenarioRun {
  readonly plan: ScenarioPlan;
  /** The mock without a gateway, one measurement a phase: ceiling of the harness and latency that no gateway adds. */
  readonly ceilings: readonly Measurement[];
  readonly measurements: readonly Measurement[];
  readonly facts: Readonly<Record<string, string>>;
  /** Directory with the CPU profiles of each contender, if they were asked for. */
  readonly profileDirectories: ReadonlyMap<string, string>;
}

type Say = (line: string) => void;

/** Starts everything, runs the rounds in turn, stops everything, whatever happens. `say` tells a waiting person how far it is. */
export async function runScenario(
  scenario: Scenario,
  options: BenchOptions,
  temporary: string,
  say: Say,
): Promise<ScenarioRun> {
  await rm(temporary, { recursive: true, force: true });
  const plan = scenario.plan(options);
  const harness = await Harness.start(plan);
  const contenders: StartedContender[] = [];
  try {
    for (const contender of plan.contenders) {
      say(`starting ${contender.label}`);
      contenders.push(await harness.startContender(contender, temporary, options.profile));
    }
    const bare = await harness.startContender({ label: 'direct', subject: 'direct' }, temporary, false);
    await warmUp(harness, [...contenders, bare], plan, options, say);
    const ceilings: Measurement[] = [];
    for (const phase of plan.phases) {
      ceilings.push(await harness.measure(bare, phase, 0, Math.min(CEILING_SECONDS, options.seconds)));
    }
    const measurements = await runRounds(harness, contenders, plan, options, say);
    return { plan, ceilings, measurements, ...describe(contenders) };
  } finally {
    await harness.stop(); // the profiles are written when their processes end
  }
}

function describe(contenders: readonly StartedContender[]): Pick<ScenarioRun, 'facts' | 'profileDirectories'> {
  const profileDirectories = new Map<string, string>();
  let facts: Record<string, string> = {};
  for (const { label, running, profileDirectory } of contenders) {
    facts = { ...facts, ...running.facts };
    if (profileDirectory !== null) profileDirectories.set(label, profileDirectory);
  }
  return { facts, profileDirectories };
}

async function warmUp(
  harness: Harness,
  contenders: readonly StartedContender[],
  plan: ScenarioPlan,
  options: BenchOptions,
  say: Say,
): Promise<void> {
  const phase = plan.phases[0];
  if (!phase || options.warmup === 0) return;
  for (const { label, running } of contenders) {
    say(`warming up ${label}`);
    let answered = 0;
    for (let spell = 0; spell < MAX_WARM_UP_SPELLS && answered < WARM_REQUESTS; spell++)
      answered += (await harness.run(running, phase, options.warmup)).requests;
  }
}

async function runRounds(
  harness: Harness,
  contenders: readonly StartedContender[],
  plan: ScenarioPlan,
  options: BenchOptions,
  say: Say,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const phase of plan.phases) {
    say(phase.name);
    for (let round = 1; round <= options.rounds; round++) {
      for (const contender of contenders) {
        const measured = await harness.measure(contender, phase, round, options.seconds);
        measurements.push(measured);
        say(progress(measured, options.rounds));
      }
    }
  }
  return measurements;
}

function progress({ round, label, load, cpuUsPerRequest }: Measurement, rounds: number): string {
  const speed = `${load.requestsPerSecond.toFixed(0)} requests/s, ${cpuUsPerRequest.toFixed(1)} µs CPU each`;
  return `round ${round} of ${rounds}, ${label}: ${speed}`;
}
