import path from 'node:path';
import type { LoadResult } from '../load/protocol';
import type { Contender, Phase, ScenarioPlan } from '../scenarios/scenario';
import { subjects } from '../subjects';
import type { RunningSubject } from '../subjects/subject';
import type { Measurement } from './measurement';
import { Rig } from './rig';

export interface StartedContender extends Contender {
  readonly running: RunningSubject;
  readonly profileDirectory: string | null;
}

/** The rig of one scenario: contenders by label, load by phase. */
export class Harness {
  private constructor(
    private readonly plan: ScenarioPlan,
    private readonly rig: Rig,
  ) {}

  static async start(plan: ScenarioPlan): Promise<Harness> {
    return new Harness(plan, await Rig.start(plan.upstream));
  }

  /** Starts a contender with a directory of its own under `temporary`, and with the profiler if asked. */
  async startContender(contender: Contender, temporary: string, profile: boolean): Promise<StartedContender> {
    const profileDirectory = profile ? path.join(temporary, 'profiles', contender.label) : null;
    const directory = path.join(temporary, contender.label);
    const running = await this.rig.add(subjects[contender.subject].start, directory, profileDirectory);
    return { ...contender, running, profileDirectory };
  }

  run(subject: RunningSubject, { arrivals }: Phase, seconds: number): Promise<LoadResult> {
    return this.rig.run(subject, { workload: this.plan.workload, arrivals, seconds });
  }

  async measure(contender: StartedContender, phase: Phase, round: number, seconds: number): Promise<Measurement> {
    const { workload } = this.plan;
    const usage = await this.rig.measure(contender.running, { workload, arrivals: phase.arrivals, seconds });
    return { phase: phase.name, round, label: contender.label, ...usage };
  }

  stop(): Promise<void> {
    return this.rig.stop();
  }
}
