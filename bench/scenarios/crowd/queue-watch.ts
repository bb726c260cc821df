import type { PoolPage } from '@relay/contracts';
import { setTimeout as pause } from 'node:timers/promises';
import { ADMIN } from './gateways';

const POLL_MS = 100;
/** An answer that takes longer is passed over. */
const ANSWER_WITHIN_MS = 1_000;

/** What one gateway says of its pool. */
export interface PoolReading {
  readonly atMs: number; // of the machine's monotonic clock
  readonly limit: number;
  readonly poolLimit: number;
  readonly inUse: number;
  readonly waiting: number;
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Reads GET /api/queues of one gateway again and again. */
export class QueueWatch {
  readonly readings: PoolReading[] = [];
  private stopped = false;
  private readonly loop: Promise<void>;

  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {
    this.loop = this.run();
  }

  static async start(port: number): Promise<QueueWatch> {
    const url = `http://127.0.0.1:${port}`;
    const reply = await fetch(`${url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ADMIN),
    });
    if (!reply.ok) throw new Error(`login failed with ${reply.status}`);
    return new QueueWatch(url, ((await reply.json()) as { accessToken: string }).accessToken);
  }

  /** The first reading from `fromMs` on that suits, or undefined when none does within the time. */
  async until(
    suits: (reading: PoolReading) => boolean,
    fromMs: number,
    withinMs: number,
  ): Promise<PoolReading | undefined> {
    const giveUpAt = nowMs() + withinMs;
    for (;;) {
      const found = this.readings.find((reading) => reading.atMs >= fromMs && suits(reading));
      if (found || nowMs() > giveUpAt) return found;
      await pause(POLL_MS);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const reading = await this.read().catch(() => undefined); // the gateway may be the one that is killed
      if (reading) this.readings.push(reading);
      await pause(POLL_MS);
    }
  }

  private async read(): Promise<PoolReading | undefined> {
    const reply = await fetch(`${this.url}/api/queues`, {
      headers: { authorization: `Bearer ${this.token}` },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!reply.ok) return undefined;
    const [pool] = ((await reply.json()) as PoolPage).data;
    if (!pool) return undefined;
    const { limit, poolLimit, inUse, waiting } = pool;
    return { atMs: nowMs(), limit, poolLimit, inUse, waiting: waiting.short + waiting.long };
  }
}
