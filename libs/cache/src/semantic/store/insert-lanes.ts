import { crc32 } from 'node:zlib';

/** Inserts that run at the same time: the others of a pool's 10 connections are for requests. */
const LANES = 3;
/** Inserts that wait or run; with 10 kB each some megabytes. */
const MAX_WAITING = 256;

/** One insert of an API key after the other, so that each sees the ones before when near-duplicates are counted. */
export class InsertLanes {
  private readonly lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => Promise.resolve());
  private waiting = 0;

  /** Null, and `work` is not done, when too many wait. */
  async run<T>(keyId: string, work: () => Promise<T>): Promise<T | null> {
    if (this.waiting >= MAX_WAITING) return null;
    this.waiting++;
    const lane = crc32(keyId) % LANES;
    const done = (this.lanes[lane] ?? Promise.resolve()).then(work).finally(() => this.waiting--);
    this.lanes[lane] = done.catch(() => undefined);
    return done;
  }
}
