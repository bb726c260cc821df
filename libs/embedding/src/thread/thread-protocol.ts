import type { Vectors } from '../embedder.port';

/** What a thread is to load; it is handed over as `workerData`. */
export type ThreadModel = { readonly kind: 'builtin' };

/** A model in memory. */
export interface LoadedModel {
  readonly id: string;
  embed(texts: readonly string[]): Promise<Vectors>;
}

/** One batch at a time: the next one is sent when the one before was answered. */
export interface ThreadRequest {
  readonly texts: readonly string[];
}

export type ThreadReply =
  | { readonly kind: 'ready'; readonly id: string }
  | { readonly kind: 'vectors'; readonly vectors: Vectors }
  | { readonly kind: 'failed'; readonly message: string };
