import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RedisServer } from '../../process/redis-server';
import type { RunningSubject } from '../../subjects/subject';

export interface Victims {
  readonly first: RunningSubject;
  readonly redis: RedisServer;
}

export interface Fault {
  readonly title: string;
  readonly note: string;
  /** Gateways that go on. */
  readonly survivors: readonly ('first' | 'second')[];
  /** Of requests to each gateway, a second. */
  readonly rate: number;
  readonly clockAheadMs?: number; // of the second gateway
  /** Resolves when the cause is gone again. */
  strike(victims: Victims): Promise<void>;
}

const BOTH = ['first', 'second'] as const;
const FROZEN_MS = 5_000;
const AWAY_MS = 2_000;
const MINUTE_MS = 60_000;

export const FAULTS: readonly Fault[] = [
  {
    title: 'kill -9 of one of two gateways',
    note: 'The first gateway is killed. Each gateway is asked more than half of what the slots serve, so that the survivor has a use for all of them.',
    survivors: ['second'],
    rate: 28,
    strike: ({ first }) => {
      process.kill(first.pid, 'SIGKILL');
      return Promise.resolve();
    },
  },
  {
    title: 'Redis crashes and comes back empty',
    note: `Killed, and started again ${AWAY_MS / 1_000} s later without what it held.`,
    survivors: BOTH,
    rate: 18,
    strike: async ({ redis }) => {
      await redis.crash();
      await pause(AWAY_MS);
      await redis.begin();
    },
  },
  {
    title: 'Redis hangs',
    note: `Stopped (SIGSTOP) for ${FROZEN_MS / 1_000} s: connections stay open and nothing is answered.`,
    survivors: BOTH,
    rate: 18,
    strike: async ({ redis }) => {
      redis.freeze();
      await pause(FROZEN_MS);
      redis.resume();
    },
  },
  {
    title: 'a clock one minute ahead',
    note: 'Date of the second gateway is a minute ahead of everybody else from its start on.',
    survivors: BOTH,
    rate: 18,
    clockAheadMs: MINUTE_MS,
    strike: () => pause(FROZEN_MS),
  },
];

/** Environment of a Node process whose Date is ahead; timers and the monotonic clock are as always. */
export async function clockAhead(temporary: string, aheadMs: number): Promise<Record<string, string>> {
  const file = path.join(temporary, 'clock-ahead.cjs');
  await writeFile(
    file,
    `const real = Date;
const now = () => real.now() + ${aheadMs};
globalThis.Date = class extends real {
  constructor(...args) { if (args.length === 0) super(now()); else super(...args); }
  static now() { return now(); }
};
`,
  );
  return { NODE_OPTIONS: `--require ${JSON.stringify(file)}` };
}
