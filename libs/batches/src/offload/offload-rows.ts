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
 * `new`: its lines are chosen, and the provider knows nothing of it, but for what was uploaded. `submitting`: the provider is told, or was
 * when its worker died. `running`: it has them. `cancelling`: it shall stop. `owed`: its lines have their answers or are back, and what the
 * provider has of it is to be stopped and removed still.
 */
export type ProviderBatchPhase = 'new' | 'submitting' | 'running' | 'cancelling' | 'owed';

/** A batch of a provider, for lines of one batch of the relay that ask one model; held by whoever got it. */
export interface ProviderBatch {
  readonly id: string;
  readonly batchId: string;
  readonly provider: string;
  readonly model: string; // as the provider names it
  readonly phase: ProviderBatchPhase;
  readonly upstream: UpstreamBatch | null;
  /** What was uploaded for it. */
  readonly files: readonly string[];
  /** Whose batches it was handed in as; null: to nobody yet. */
  readonly protocol: string | null;
  /** Of one that is owed: the provider may have it, by the relay's name alone. */
  readonly unsure: boolean;
  readonly tries: number; // to hand it in
  readonly polls: number;
  readonly createdAt: number; // ms since the epoch
  readonly holder: string; // who lets it go, or is taken for dead, changes nothing of it any more
}

export interface ProviderBatchRow {
  readonly id: string;
  readonly batch_id: string;
  readonly provider: string;
  readonly model: string;
  readonly state: ProviderBatchPhase;
  readonly upstream: UpstreamBatch | null;
  readonly files: readonly string[];
  readonly protocol: string | null;
  readonly unsure: boolean;
  readonly tries: number;
  readonly polls: number;
  readonly created_at: Date;
  readonly holder: string;
}

export const toProviderBatch = (row: ProviderBatchRow): ProviderBatch => ({
  ...{ id: row.id, batchId: row.batch_id, provider: row.provider, model: row.model, phase: row.state },
  ...{ upstream: row.upstream, files: row.files, protocol: row.protocol, unsure: row.unsure },
  ...{ tries: row.tries, polls: row.polls, createdAt: row.created_at.getTime(), holder: row.holder },
});

/** To what each sealed column is bound. */
export const bodyPlace = (batchId: string, index: number): string => `offloaded_lines/${batchId}/${index}/body`;
export const digestPlace = (batchId: string, index: number): string => `offloaded_lines/${batchId}/${index}/digest`;
export const resultPlace = (batchId: string, index: number): string => `offloaded_lines/${batchId}/${index}/result`;
