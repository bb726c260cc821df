import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { scriptText } from '../mock-upstream/script';
import type { BenchOptions } from '../options';
import { LOAD_CORE } from '../process/cores';
import { LoadGenerator } from '../process/load-generator';
import { NodeProcess } from '../process/node-process';
import type { Contender, Scenario, ScenarioPlan } from '../scenarios/scenario';
import { subjects } from '../subjects';
import type { RunningSubject, SubjectContext } from '../subjects/subject';
import { loadSpec, measure } from './measure';
import type { Measurement } from './measurement';

/** Seconds for which the harness alone is measured before the rounds. */
const CEILING_SECONDS = 3;

export interface ScenarioRun {
  readonly plan: ScenarioPlan;
  /** The mock without a gateway, one measurement a phase: ceiling of the harness and latency that no gateway adds. */
  readonly ceilings: readonly Measurement[];
  readonly measurements: readonly Measurement[];
  readonly facts: Readonly<Record<string, string>>;
  /** Directory with the CPU profiles of each contender, if they were asked for. */
  readonly profileDirectories: ReadonlyMap<string, string>;
}

interface Started extends Contender {
  readonly running: RunningSubject;
}

/** Starts everything, runs the rounds in turn, stops everything, whatever happens. `say` tells a waiting person how far it is. */
export async function runScenario(
  scenario: Scenario,
  options: BenchOptions,
  temporary: string,
  say: (line: string) => void,
): Promise<ScenarioRun> {
  const plan = scenario.plan(options);
  const profiles = path.join(temporary, 'profiles');
  await rm(profiles, { recursive: true, force: true });
  const profileDirectories = new Map<string, string>();
  const toStop: { stop(): Promise<void> }[] = [];
  try {
    const mock = NodeProcess.start({
      script: path.join(__dirname, '../mock-upstream/main.js'),
      core: LOAD_CORE,
      env: { PORT: '0' },
    });
    toStop.push(mock);
    const upstreamUrl = `http://127.0.0.1:${await mock.ready()}/s/${scriptText(plan.upstream)}/v1`;
    const generator = await LoadGenerator.start();
    toStop.push(generator);

    const start = async ({ label, subject }: Contender): Promise<Started> => {
      say(`starting ${label}`);
      const profileDirectory = options.profile ? path.join(profiles, label) : null;
      if (profileDirectory) {
        await mkdir(profileDirectory, { recursive: true });
        profileDirectories.set(label, profileDirectory);
      }
      const context: SubjectContext = {
        upstreamUrl,
        upstreamPid: mock.pid,
        directory: path.join(temporary, label),
        profileDirectory,
      };
      const running = await subjects[subject].start(context);
      toStop.push(running);
      return { label, subject, running };
    };
    const started: Started[] = [];
    for (const contender of plan.contenders) started.push(await start(contender));
    const ceilingContext = { upstreamUrl, upstreamPid: mock.pid, directory: temporary, profileDirectory: null };
    const bare = await subjects.direct.start(ceilingContext);

    await warmUp(generator, [...started, { label: 'harness', subject: 'direct', running: bare }], plan, options, say);
    const ceilings: Measurement[] = [];
    for (const phase of plan.phases) {
      say(`ceiling of the harness: ${phase.name}`);
      const spec = loadSpec(bare, plan, phase, Math.min(CEILING_SECONDS, options.seconds));
      ceilings.push(await measure(generator, bare, spec, { phase: phase.name, round: 0, label: 'direct' }));
    }
    const measurements = await runRounds(generator, started, plan, options, say);
    const facts = Object.assign({}, ...started.map(({ running }) => running.facts)) as Record<string, string>;
    return { plan, ceilings, measurements, facts, profileDirectories };
  } finally {
    for (const part of toStop.reverse()) await part.stop();
  }
}

async function warmUp(
  generator: LoadGenerator,
  started: readonly Started[],
  plan: ScenarioPlan,
  options: BenchOptions,
  say: (line: string) => void,
): Promise<void> {
  const phase = plan.phases[0];
  if (!phase || options.warmup === 0) return;
  for (const { label, running } of started) {
    say(`warming up ${label}`);
    await generator.run(loadSpec(running, plan, phase, options.warmup));
  }
}

async function runRounds(
  generator: LoadGenerator,
  started: readonly Started[],
  plan: ScenarioPlan,
  options: BenchOptions,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const phase of plan.phases) {
    for (let round = 1; round <= options.rounds; round++) {
      for (const { label, running } of started) {
        const spec = loadSpec(running, plan, phase, options.seconds);
        const measured = await measure(generator, running, spec, { phase: phase.name, round, label });
        measurements.push(measured);
        const { requestsPerSecond } = measured.load;
        say(
          `round ${round}/${options.rounds} ${label}: ${requestsPerSecond.toFixed(0)}/s, ${measured.cpuUsPerRequest.toFixed(1)} µs CPU a request`,
        );
      }
    }
  }
  return measurements;
}
