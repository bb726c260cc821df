import type { LoadResult } from '../load/protocol';

/** A span of the monotonic clock that all processes of the machine share, µs. */
export interface TimeWindow {
  readonly startUs: number;
  readonly endUs: number;
}

/** What one load came to, and what the server under it used. */
export interface Usage {
  readonly cpuUsPerRequest: number; // all threads of the process
  readonly mainCpuUsPerRequest: number; // the event loop's thread alone
  readonly busyCores: number; // cores that the process kept busy while requests were sent
  readonly otherCores: number; // cores busy with anything else: the database, and whatever disturbs the measurement
  readonly rssMb: number;
  readonly window: TimeWindow;
  readonly load: LoadResult;
}

/** One subject under one phase in one round. */
export interface Measurement extends Usage {
  readonly phase: string;
  readonly round: number;
  readonly label: string;
}
