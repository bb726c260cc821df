import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { LoadResult } from '../load/protocol';
import { scriptPath } from '../mock-upstream/script';
import { LOAD_CORE } from '../process/cores';
import { LoadGenerator } from '../process/load-generator';
import { NodeProcess } from '../process/node-process';
import { cpuTime, cpuTimeWhenQuiet, machineBusyMs, residentMb } from '../process/usage';
import type { Contender, Phase, ScenarioPlan } from '../scenarios/scenario';
import { subjects } from '../subjects';
import type { RunningSubject } from '../subjects/subject';
import type { Measurement } from './measurement';

const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n);

export interface StartedContender extends Contender {
  readonly running: RunningSubject;
  readonly profileDirectory: string | null;
}

/** Mock upstream, load generator and the subjects under test: starts them, measures one at a time, stops them all. */
export class Harness {
  private readonly toStop: { stop(): Promise<void> }[] = [];

  private constructor(
    private readonly plan: ScenarioPlan,
    private readonly mock: NodeProcess,
    private readonly generator: LoadGenerator,
    private readonly upstreamUrl: string,
  ) {
    this.toStop.push(mock, generator);
  }

  static async start(plan: ScenarioPlan): Promise<Harness> {
    const script = path.join(__dirname, '../mock-upstream/main.js');
    const mock = NodeProcess.start({ script, core: LOAD_CORE, env: { PORT: '0' } });
    const port = await mock.ready();
    const upstreamUrl = `http://127.0.0.1:${port}${scriptPath(plan.upstream)}/v1`;
    return new Harness(plan, mock, await LoadGenerator.start(), upstreamUrl);
  }

  /** Starts a contender with a directory of its own under `temporary`, and with the profiler if asked. */
  async startContender(contender: Contender, temporary: string, profile: boolean): Promise<StartedContender> {
    const directory = path.join(temporary, contender.label);
    const profileDirectory = profile ? path.join(temporary, 'profiles', contender.label) : null;
    if (profileDirectory !== null) await mkdir(profileDirectory, { recursive: true });
    const { upstreamUrl, mock } = this;
    const context = { upstreamUrl, upstreamPid: mock.pid, directory, profileDirectory };
    const running = await subjects[contender.subject].start(context);
    this.toStop.push(running);
    return { ...contender, running, profileDirectory };
  }

  run(subject: RunningSubject, phase: Phase, seconds: number): Promise<LoadResult> {
    const { port, path: urlPath, headers } = subject;
    const target = { host: '127.0.0.1', port, path: urlPath, headers };
    return this.generator.run({ target, workload: this.plan.workload, arrivals: phase.arrivals, seconds });
  }

  /** Load from a quiet start to a quiet end, so that work put off until after the answer is counted too. */
  async measure(contender: StartedContender, phase: Phase, round: number, seconds: number): Promise<Measurement> {
    const { running, label } = contender;
    const before = await cpuTimeWhenQuiet(running.pid);
    const startUs = nowUs();
    const machineBefore = machineBusyMs() - this.ownCpuMs(running);
    const load = await this.run(running, phase, seconds);
    const loadMs = (nowUs() - startUs) / 1_000;
    const busyAtEnd = cpuTime(running.pid).all - before.all;
    const othersMs = machineBusyMs() - this.ownCpuMs(running) - machineBefore;
    const rssMb = residentMb(running.pid);
    const after = await cpuTimeWhenQuiet(running.pid);
    const perRequest = (ms: number): number => (ms * 1_000) / Math.max(1, load.requests);
    return {
      phase: phase.name,
      round,
      label,
      cpuUsPerRequest: perRequest(after.all - before.all),
      mainCpuUsPerRequest: perRequest(after.main - before.main),
      busyCores: busyAtEnd / loadMs,
      otherCores: Math.max(0, othersMs / loadMs),
      rssMb,
      window: { startUs, endUs: nowUs() },
      load,
    };
  }

  async stop(): Promise<void> {
    for (const part of this.toStop.splice(0).reverse()) await part.stop();
  }

  private ownCpuMs(running: RunningSubject): number {
    const pids = new Set([running.pid, this.mock.pid, this.generator.pid]);
    return [...pids].reduce((total, pid) => total + cpuTime(pid).all, 0);
  }
}
