/** Counts the live gateway processes that share one set of limits. */
export interface ProcessRegistry {
  /** Tells that this process lives, and returns how many do, itself included. */
  beat(): Promise<number>;
  leave(): Promise<void>;
}
