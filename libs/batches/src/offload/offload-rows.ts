/** What a provider's own batch is to be asked for one line. */
export interface OffloadedLine {
  readonly provider: string;
  readonly model: string; // of the relay
  readonly upstreamModel: string;
  readonly body: Buffer;
  readonly digest: string; // of the body
  readonly seedId: string;
  readonly askedAt: number; // ms since the epoch
  readonly expectedUsd: number;
}

/** What came back for a line: an answer; null where there was none, and the line is asked as any other. */
export type Returned = Omit<OffloadedLine, 'body' | 'expectedUsd'> & {
  readonly batch: string; // as its provider names it
  readonly status: number;
  readonly body: Buffer;
  /** The trace of its answer: the same one, whoever answers the line, and however often. */
  readonly traceId: string;
  readonly backAt: number; // ms since the epoch
};

/** Where a batch lies at its provider. */
export interface UpstreamBatch {
  readonly id: string;
  readonly files: readonly string[];
}

/**
 * `new`: its lines are chosen, and nobody was told. `submitting`: the provider is told, or was when its worker died. `running`: it has them.
 * `cancelling`: it shall stop.
 */
export type ProviderBatchPhase = 'new' | 'submitting' | 'running' | 'cancelling';

/** A batch of a provider, for lines of one batch of the relay that ask one model. */
export interface ProviderBatch {
  readonly id: string;
  readonly batchId: string;
  readonly provider: string;
  readonly model: string; // as the provider names it
  readonly phase: ProviderBatchPhase;
  readonly upstream: UpstreamBatch | null;
  readonly tries: number; // to hand it in
  readonly polls: number;
}

export interface ProviderBatchRow {
  readonly id: string;
  readonly batch_id: string;
  readonly provider: string;
  readonly model: string;
  readonly state: ProviderBatchPhase;
  readonly upstream: UpstreamBatch | null;
  readonly tries: number;
  readonly polls: number;
}

export const toProviderBatch = (row: ProviderBatchRow): ProviderBatch => ({
  ...{ id: row.id, batchId: row.batch_id, provider: row.provider, model: row.model, phase: row.state },
  ...{ upstream: row.upstream, tries: row.tries, polls: row.polls },
});

/** Where an answer lies, for its seal. */
export const resultPlace = (batchId: string, index: number): string => `offloaded_lines/${batchId}/${index}/result`;
