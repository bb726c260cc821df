/** What an offline scenario is given. */
export interface OfflineContext {
  readonly data: string; // folder of the data sets
  readonly seed: number; // of everything random: same data, seed and code give the same figures
  readonly sample?: number; // rows or prompts of a data set to take, where a scenario does not take all
  readonly say: (line: string) => void; // progress, for a person
}

export interface Section {
  readonly title: string;
  readonly notes: readonly string[]; // paragraphs before the table
  readonly table: readonly (readonly string[])[]; // head first
}

/** A figure with the value it ought to reach. */
export interface Goal {
  readonly name: string;
  readonly value: number; // NaN: there was nothing to measure
  readonly wanted: number;
  readonly better: 'higher' | 'lower';
}

export interface OfflineResult {
  readonly sections: readonly Section[];
  readonly goals: readonly Goal[];
  readonly details: object; // what the JSON file holds besides
}

/** Measures how good decisions are, on recorded data: no servers, no load. Throws on data that it cannot read. */
export interface OfflineScenario {
  readonly summary: string;
  readonly withoutData?: boolean; // it makes its own: no --data
  run(context: OfflineContext): Promise<OfflineResult>;
}
