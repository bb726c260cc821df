/** The parts of V8's `.cpuprofile` (DevTools protocol, Profiler.Profile) that are read here. Times in µs of the monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly CpuProfileNode[];
  readonly startTime: number;
  readonly samples: readonly number[]; // node ids
  readonly timeDeltas: readonly number[]; // before each sample
}

export interface CpuProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}
