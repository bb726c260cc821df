/**
 * Bytes under ids, for a time. Who claims an id puts bytes there that nobody else has, and shows them again for whatever it does with the
 * id: whose claim has lapsed, and was taken by somebody else, changes nothing any more.
 */
export interface OnceStore {
  /** Puts the claim there for `ms`, unless something lies there: gives that, or null if it was put. */
  claim(id: string, claim: Buffer, ms: number): Promise<Buffer | null>;
  /** The claim stays `ms` longer. */
  renew(id: string, claim: Buffer, ms: number): Promise<void>;
  /** In the place of the claim. */
  put(id: string, claim: Buffer, value: Buffer, ms: number): Promise<void>;
  drop(id: string, claim: Buffer): Promise<void>;
  /** Adds to what somebody has kept today, bytes; gives the sum. */
  charge(owner: string, bytes: number): Promise<number>;
}
