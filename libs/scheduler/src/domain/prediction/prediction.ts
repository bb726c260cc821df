/** A request at one target, as far as it matters for how long the target will take. */
export interface ServiceQuestion {
  readonly target: string; // `targetKey` of provider and upstream model
  readonly task: string; // as classified from the prompt
  readonly inputTokens: number;
  readonly maxTokens: number | null; // the answer ends there at the latest
}

export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
}

/** What a call will be like; null where nothing like it was seen yet. Upper quantiles are dependable, the order of single requests is not. */
export interface Prediction {
  readonly ttftMs: Quantiles | null;
  readonly tpotMs: Quantiles | null;
  readonly outputTokens: Quantiles | null;
  /** How long the call holds its slot. */
  readonly serviceMs: Quantiles | null;
  /** How much alike what it was learned from is: target, task and size of the prompt; target and task; target. */
  readonly basis: 'size' | 'task' | 'target' | 'none';
  readonly samples: number;
}

/** A call that was answered in full. */
export interface ServiceSample {
  readonly ttftMs: number | null; // of streams
  readonly outputTokens: number;
  readonly serviceMs: number;
}
