/** Turns texts into vectors of length 1, so that their dot product is their cosine. */
export interface Embedder {
  /** Name and version of what embeds, e.g. `builtin/use-lite-512@0.2.0`: vectors of different ids are never compared. */
  readonly id: string;
  readonly dimensions: number;
  /** One vector a text, in order. Rejects when it cannot, or when `signal` is aborted. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
  close(): Promise<void>;
}
