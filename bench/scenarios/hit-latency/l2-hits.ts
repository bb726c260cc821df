import type { RelayConfigInput } from '@relay/config';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LoadResult, NumberedBodies } from '../../load/protocol';
import type { Rig } from '../../runner/rig';
import { relayConfig } from '../../subjects/relay-config';
import { startRelay } from '../../subjects/relay-process';
import type { RunningSubject } from '../../subjects/subject';
import type { HitCase, Stage } from './hit-case';

/** Answers of about 1 kB in Redis; asked for in turn, so that an L1 of L1_BYTES has always dropped the one that is next. */
const ANSWERS = 20_000;
const L1_BYTES = 1_048_576;
/** Few, so that all answers are written to Redis: the relay gives up writes beyond a thousand that wait. */
const FILL_CONNECTIONS = 4;
const MAX_FILL_SECONDS = 300;
const LAST_WRITES_MS = 1_000;

export const l2Hits: HitCase = {
  title: 'hits in L2',
  note: `${ANSWERS} answers, fetched by another relay on the same Redis, in turn; an L1 of ${L1_BYTES} bytes never has the next one.`,
  cacheResult: 'exact-l2',
  goalP99Ms: 10,
  connections: 32,
  limitedByRelay: true,
  missing: ({ redisUrl }) => (redisUrl === undefined ? 'no Redis: set BENCH_REDIS_URL' : null),
  fill: async (stage) => {
    const filler = await start(stage, 'l2-filler', {});
    const bodies: NumberedBodies = { first: Date.now() * 10, count: ANSWERS }; // no earlier run has asked with these numbers
    stage.say(`filling Redis with ${ANSWERS} answers`);
    const filled = await fill(stage.rig, filler, bodies);
    if ((filled.cacheResults['miss'] ?? 0) < ANSWERS)
      throw new Error(`could not fill Redis: ${JSON.stringify([filled.cacheResults, filled.errors])}`);
    const relay = await start(stage, 'l2', { l1: { maxBytes: L1_BYTES } });
    return { relay, workload: { bodies, stream: false }, started: [relay, filler] };
  },
};

function start(
  { rig, surroundings, temporary }: Stage,
  label: string,
  cache: RelayConfigInput['cache'],
): Promise<RunningSubject> {
  return rig.add(
    (context) => startRelay(context, { ...surroundings, config: { ...relayConfig(context.upstreamUrl), cache } }),
    path.join(temporary, label),
  );
}

async function fill(rig: Rig, filler: RunningSubject, bodies: NumberedBodies): Promise<LoadResult> {
  const filled = await rig.run(filler, {
    workload: { bodies, stream: false },
    arrivals: { kind: 'closed', connections: FILL_CONNECTIONS, requests: bodies.count },
    seconds: MAX_FILL_SECONDS,
  });
  await pause(LAST_WRITES_MS);
  return filled;
}
