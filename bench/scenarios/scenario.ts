import type { Arrivals, Workload } from '../load/protocol';
import type { Script } from '../mock-upstream/script';
import type { BenchOptions } from '../options';
import type { SubjectName } from '../subjects';

/** One kind of load that every subject gets in every round. */
export interface Phase {
  readonly name: string;
  readonly arrivals: Arrivals;
}

export interface Contender {
  readonly label: string;
  readonly subject: SubjectName;
}

/** What a scenario runs, once the command line is known. */
export interface ScenarioPlan {
  readonly contenders: readonly Contender[]; // in the order of a round
  readonly baseline: string; // the label that the others are compared with
  readonly workload: Workload;
  readonly upstream: Partial<Script>;
  readonly phases: readonly Phase[];
  /** Value of x-relay-cache that every reply of the relay must have, or the run measured something else. */
  readonly expectedCache: string | null;
  /** Highest wanted ratio of CPU per request, first phase. */
  readonly goal: { readonly label: string; readonly cpuRatio: number } | null;
}

export interface Scenario {
  readonly summary: string;
  plan(options: BenchOptions): ScenarioPlan;
}
