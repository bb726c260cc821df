/** What a subject needs to start. */
export interface SubjectContext {
  /** OpenAI-compatible base URL of the mock upstream, its script included. */
  readonly upstreamUrl: string;
  readonly upstreamPid: number;
  /** The subject may keep files here; emptied before each start. */
  readonly directory: string;
  /** Where the CPU profile goes, if one is wanted. */
  readonly profileDirectory: string | null;
}

/** A server that is up and can be measured. */
export interface RunningSubject {
  readonly pid: number;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What a reader has to know of how it ran, e.g. which database. */
  readonly facts: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface Subject {
  readonly summary: string;
  readonly start: (context: SubjectContext) => Promise<RunningSubject>;
}
