/** What the thread that runs PGlite is started with. */
export interface PgliteWorkerData {
  readonly dataDir: string;
}

/** Bytes of the PostgreSQL wire protocol. Every message to the worker is answered by exactly one message of the same stream. */
export interface WireMessage {
  readonly kind: 'wire';
  /** Which client connection the bytes belong to; answers to a connection that is gone are dropped. */
  readonly stream: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type ToWorker = WireMessage | { readonly kind: 'close' };
export type FromWorker =
  | WireMessage
  | { readonly kind: 'ready' } // once, when the database is open
  | { readonly kind: 'failed'; readonly message: string };
