/** One vector a text, in order, of length 1: their dot product is their cosine. `null`: the embedder cannot tell what this text says. */
export type Vectors = (Float32Array | null)[];

export interface EmbedOptions {
  readonly signal?: AbortSignal;
  /** No request waits for the vectors: texts of requests go first. */
  readonly background?: boolean;
  /**
   * A vector of what can be read of a text: its beginning if it is too long, the rest if it has characters that the embedder does not
   * know. Enough to compare answers by; prompts that mean different things may look the same.
   */
  readonly gist?: boolean;
}

/** Where an embedder is that is asked over HTTP. */
export interface EmbedderServer {
  readonly region: string | null; // null: it is not told
}

/** Turns texts into vectors. */
export interface Embedder {
  /** Name and version of what embeds, e.g. `builtin/use-lite-512@0.2.0`; `null` until it is known. Vectors of different ids are never compared. */
  readonly id: string | null;
  /** Texts that it has taken and not answered. */
  readonly waiting: number;
  /** It has been started and has not given its first vectors; absent: it needs no start. */
  readonly isStarting?: boolean;
  /** Rejects when it cannot, when too many texts wait, or when the signal is aborted. */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Vectors>;
  /** `true`: starts it ahead of need, and lets it not end when it is idle. Absent: it needs no start. */
  keepReady?(wanted: boolean): void;
  close(): Promise<void>;
}

/** Owner of texts that the relay has embedded by itself: nobody waits for them, so the time they take tells nobody of them. */
export const RELAY_ITSELF = '';
