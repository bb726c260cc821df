import { crc32 } from 'node:zlib';

/** Inserts that run at the same time: the others of a pool's 10 connections are for requests. */
const LANES = 3;
/** Inserts of this process that wait or run, and what they hold together: one answer may be as large as the largest allowed. */
const MAX_WAITING = 256;
const MAX_WAITING_BYTES = 67_108_864;

/** One insert of an API key after the other, so that each sees the ones before when near-duplicates are counted. In this process only. */
export class InsertLanes {
  private readonly lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => Promise.resolve());
  private waiting = 0;
  private waitingBytes = 0;

  /** `bytes`: what the work holds. Null, and `work` is not done, when too many wait. */
  async run<T>(keyId: string, bytes: number, work: () => Promise<T>): Promise<T | null> {
    if (this.waiting >= MAX_WAITING || this.waitingBytes + bytes > MAX_WAITING_BYTES) return null;
    this.waiting++;
    this.waitingBytes += bytes;
    const lane = crc32(keyId) % LANES;
    const done = (this.lanes[lane] ?? Promise.resolve()).then(work).finally(() => {
      this.waiting--;
      this.waitingBytes -= bytes;
    });
    this.lanes[lane] = done.catch(() => undefined);
    return done;
  }
}
