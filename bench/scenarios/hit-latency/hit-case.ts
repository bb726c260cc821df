import type { Workload } from '../../load/protocol';
import type { Rig } from '../../runner/rig';
import type { RunningSubject } from '../../subjects/subject';
import type { Surroundings } from '../../subjects/surroundings';

export interface Stage {
  readonly rig: Rig;
  readonly surroundings: Surroundings;
  readonly temporary: string;
  readonly say: (line: string) => void;
}

/** A relay whose cache is filled, and the requests that it is to answer from it. */
export interface FilledCache {
  readonly relay: RunningSubject;
  readonly workload: Workload;
  /** Servers that were needed for it, the relay among them. */
  readonly started: readonly RunningSubject[];
}

/** One kind of hit whose latency is measured. */
export interface HitCase {
  readonly title: string;
  readonly note: string; // how it is made sure of that each reply is such a hit
  readonly cacheResult: string; // x-relay-cache of each reply
  readonly goalP99Ms: number;
  /** Of the closed loop that finds the saturation; more would only wait longer. */
  readonly connections: number;
  /** The relay's own core is what such hits saturate, rather than a store. */
  readonly limitedByRelay: boolean;
  /** What it lacks in these surroundings; null if it can be measured. */
  missing(surroundings: Surroundings): string | null;
  fill(stage: Stage): Promise<FilledCache>;
}
