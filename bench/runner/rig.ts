import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Arrivals, LoadResult, Workload } from '../load/protocol';
import { CALLS_PATH, type RecordedCalls } from '../mock-upstream/call-log';
import { REQUESTS_PATH } from '../mock-upstream/replies';
import { scriptPath, type Script } from '../mock-upstream/script';
import { LOAD_CORE } from '../process/cores';
import { LoadGenerator } from '../process/load-generator';
import { NodeProcess } from '../process/node-process';
import { cpuTime, cpuTimeWhenQuiet, machineBusyMs, residentMb } from '../process/usage';
import type { RunningSubject, Subject } from '../subjects/subject';
import type { Usage } from './measurement';

const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n);

export interface Load {
  readonly workload: Workload;
  readonly arrivals: Arrivals;
  readonly seconds: number;
}

/** Mock upstream, load generator and the servers under test: starts them, measures one at a time, stops them all. */
export class Rig {
  private readonly toStop: { stop(): Promise<void> }[] = [];

  private constructor(
    private readonly mock: NodeProcess,
    private readonly mockPort: number,
    private readonly generator: LoadGenerator,
    private readonly script: Partial<Script>,
  ) {
    this.toStop.push(mock, generator);
  }

  static async start(upstream: Partial<Script>): Promise<Rig> {
    const script = path.join(__dirname, '../mock-upstream/main.js');
    const mock = NodeProcess.start({ script, core: LOAD_CORE, env: { PORT: '0' } });
    const port = await mock.ready();
    return new Rig(mock, port, await LoadGenerator.start(), upstream);
  }

  /** Starts a server with a directory of its own; `profileDirectory`: where its CPU profile goes. */
  async add(
    start: Subject['start'],
    directory: string,
    profileDirectory: string | null = null,
  ): Promise<RunningSubject> {
    if (profileDirectory !== null) await mkdir(profileDirectory, { recursive: true });
    const upstreamUrl = `http://127.0.0.1:${this.mockPort}${scriptPath(this.script)}/v1`;
    const running = await start({ upstreamUrl, upstreamPid: this.mock.pid, directory, profileDirectory });
    this.toStop.push(running);
    return running;
  }

  /** Something else that ends with the rig, before what was started earlier. */
  owns(part: { stop(): Promise<void> }): void {
    this.toStop.push(part);
  }

  run(subject: RunningSubject, { workload, arrivals, seconds }: Load): Promise<LoadResult> {
    const { port, path: urlPath, headers } = subject;
    return this.generator.run({
      target: { host: '127.0.0.1', port, path: urlPath, headers },
      workload,
      arrivals,
      seconds,
    });
  }

  /** Load from a quiet start to a quiet end, so that work put off until after the answer is counted too. */
  async measure(subject: RunningSubject, load: Load): Promise<Usage> {
    const before = await cpuTimeWhenQuiet(subject.pid);
    const startUs = nowUs();
    const machineBefore = machineBusyMs() - this.ownCpuMs(subject);
    const result = await this.run(subject, load);
    const loadMs = (nowUs() - startUs) / 1_000;
    const busyAtEnd = cpuTime(subject.pid).all - before.all;
    const othersMs = machineBusyMs() - this.ownCpuMs(subject) - machineBefore;
    const rssMb = residentMb(subject.pid);
    const after = await cpuTimeWhenQuiet(subject.pid);
    const perRequest = (ms: number): number => (ms * 1_000) / Math.max(1, result.requests);
    return {
      cpuUsPerRequest: perRequest(after.all - before.all),
      mainCpuUsPerRequest: perRequest(after.main - before.main),
      busyCores: busyAtEnd / loadMs,
      otherCores: Math.max(0, othersMs / loadMs),
      rssMb,
      window: { startUs, endUs: nowUs() },
      load: result,
    };
  }

  /** Completions that the mock was asked for since its start. */
  async upstreamCalls(): Promise<number> {
    return (await this.askMock<{ requests: number }>(REQUESTS_PATH)).requests;
  }

  /** Calls that the mock recorded since it was asked last; its script must say so. */
  recordedCalls(): Promise<RecordedCalls> {
    return this.askMock(CALLS_PATH);
  }

  async stop(): Promise<void> {
    for (const part of this.toStop.splice(0).reverse()) await part.stop();
  }

  private async askMock<T>(path: string): Promise<T> {
    const reply = await fetch(`http://127.0.0.1:${this.mockPort}${path}`);
    return (await reply.json()) as T;
  }

  private ownCpuMs(subject: RunningSubject): number {
    const pids = new Set([subject.pid, this.mock.pid, this.generator.pid]);
    return [...pids].reduce((total, pid) => total + cpuTime(pid).all, 0);
  }
}
