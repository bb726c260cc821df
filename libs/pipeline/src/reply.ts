/** Where the answer goes: the client's connection, seen by the pipeline. Implemented over Node's response in apps/gateway. */
export interface Reply {
  /** True once the status line has left: errors can then only be told inside the stream. */
  readonly started: boolean;
  /** Sends a whole answer. `headers` is a flat list of names and values. */
  send(status: number, headers: string[], body: Buffer): void;
  /** Sends status and headers of a stream. */
  startStream(headers: string[]): void;
  /** Writes complete SSE frames; false when the client reads too slowly: `resume` is called once it has caught up. */
  write(frames: Buffer, resume: () => void): boolean;
  /** Gives up a reply that something broke off; of no effect on one that was ended. */
  abandon(): void;
  /** Ends a stream, with its last frames. */
  end(tail: Buffer): void;
}
