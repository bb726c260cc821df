/** Bytes under ids, for a time. */
export interface OnceStore {
  /** Puts the value there for `ms`, unless there is one: gives that one, or null if it was put. */
  claim(id: string, value: Buffer, ms: number): Promise<Buffer | null>;
  /** What is there stays `ms` longer. */
  renew(id: string, ms: number): Promise<void>;
  put(id: string, value: Buffer, ms: number): Promise<void>;
  drop(id: string): Promise<void>;
}
