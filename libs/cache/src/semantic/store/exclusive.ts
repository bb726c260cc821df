import type { DataSource } from 'typeorm';

/** Namespace of the store's advisory locks ("SEMA" in ASCII). */
const LOCKS = 0x53454d41;
export const MAINTENANCE_LOCK = 1;
export const REEMBEDDING_LOCK = 2;

/** Whether several processes may use the database: the embedded one has one connection and one process. */
export const isShared = (dataSource: DataSource): boolean => 'url' in dataSource.options && !!dataSource.options.url;

/** Does the work unless another process, or this one, is at it: then null. On a server a connection is held meanwhile, with the lock. */
export class Exclusive {
  private running = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly lock: number,
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.running) return null;
    this.running = true;
    try {
      return isShared(this.dataSource) ? await this.locked(work) : await work();
    } finally {
      this.running = false;
    }
  }

  private async locked<T>(work: () => Promise<T>): Promise<T | null> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const lock = [LOCKS, this.lock];
      const [row] = (await runner.query('SELECT pg_try_advisory_lock($1, $2) AS taken', lock)) as { taken: boolean }[];
      if (row?.taken !== true) return null;
      try {
        return await work();
      } finally {
        await runner.query('SELECT pg_advisory_unlock($1, $2)', lock);
      }
    } finally {
      await runner.release();
    }
  }
}
