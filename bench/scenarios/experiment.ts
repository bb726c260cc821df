import type { Goal, Section } from '../offline/offline-scenario';
import type { BenchOptions, OwnDefaults } from '../options';

export interface ExperimentContext {
  readonly options: BenchOptions;
  readonly temporary: string; // directory for what is needed while it runs
  readonly say: (line: string) => void; // progress, for a person
}

export interface ExperimentResult {
  /** How often and how long was measured, and what the figures are of that, in a sentence. */
  readonly method: string;
  readonly sections: readonly Section[];
  readonly goals: readonly Goal[];
  /** Why the figures may not mean what they seem to. */
  readonly warnings: readonly string[];
  readonly facts: Readonly<Record<string, string>>;
  readonly details: object; // what the JSON file holds besides
}

/** Load whose steps depend on one another, and so does not fit into rounds of equal phases. */
export interface Experiment {
  readonly summary: string;
  readonly defaults?: OwnDefaults;
  run(context: ExperimentContext): Promise<ExperimentResult>;
}
