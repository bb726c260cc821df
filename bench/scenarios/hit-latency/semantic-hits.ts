import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { NUMBER, type Workload } from '../../load/protocol';
import { relayConfig } from '../../subjects/relay-config';
import { startRelay } from '../../subjects/relay-process';
import type { RunningSubject } from '../../subjects/subject';
import type { HitCase, Stage } from './hit-case';
import { crowd } from './semantic-crowd';

const TENANTS = 50;
const ENTRIES_PER_TENANT = 2_000;
/** Asked, embedded and stored through the relay; then asked again and again. */
const QUESTIONS = 200;
const MAX_PASS_SECONDS = 60;
/** Questions whose embedding came too late are asked again, so often at most. */
const MAX_PASSES = 5;
const LAST_INSERTS_MS = 2_000;

/** Nothing that depends on who asks or when, which would not be looked up. */
const QUESTION =
  `How does a heat pump of the type ${NUMBER} move heat from cold air into a warm house, ` +
  'and why does it take less power than an electric heater?';

export const semanticHits: HitCase = {
  title: 'semantic hits',
  note:
    `${QUESTIONS} questions of one tenant in turn, their embeddings in the embedder's memory; ${TENANTS * ENTRIES_PER_TENANT} entries of ` +
    `${TENANTS} tenants in PostgreSQL, most of them with random vectors. No Redis and an L1 that holds nothing, so that no answer is found by its key.`,
  cacheResult: 'semantic',
  goalP99Ms: 50,
  connections: 8,
  limitedByRelay: false,
  missing: ({ databaseUrl }) => (databaseUrl === undefined ? 'no PostgreSQL: set BENCH_DATABASE_URL' : null),
  fill: async (stage) => {
    const { databaseUrl } = stage.surroundings;
    const relay = await startSemanticRelay(stage);
    const workload: Workload = {
      bodies: { first: Date.now() * 10, count: QUESTIONS },
      stream: false,
      question: QUESTION,
    };
    const database = new Client({ connectionString: databaseUrl });
    await database.connect();
    try {
      await storeQuestions(stage, relay, workload, database);
      stage.say(`adding entries up to ${TENANTS * ENTRIES_PER_TENANT}`);
      await crowd(database, { tenants: TENANTS, entriesPerTenant: ENTRIES_PER_TENANT, stored: QUESTIONS });
    } finally {
      await database.end();
    }
    return { relay, workload, started: [relay] };
  },
};

function startSemanticRelay({ rig, surroundings, temporary }: Stage): Promise<RunningSubject> {
  const cache = { l1: { maxBytes: 1 }, semantic: { maxInsertsPerKeyPerMinute: 100_000, maxNearDuplicates: 1_000 } };
  const terms = { semantic: { mode: 'static', threshold: 0.95 } } as const;
  return rig.add(
    (context) =>
      startRelay(context, {
        databaseUrl: surroundings.databaseUrl,
        redisUrl: undefined,
        config: { ...relayConfig(context.upstreamUrl, terms), cache },
      }),
    path.join(temporary, 'semantic'),
  );
}

async function storeQuestions(
  { rig, say }: Stage,
  relay: RunningSubject,
  workload: Workload,
  database: Client,
): Promise<void> {
  for (let pass = 1; pass <= MAX_PASSES; pass++) {
    say(`asking ${QUESTIONS} questions to be embedded and stored, pass ${pass}`);
    await rig.run(relay, {
      workload,
      arrivals: { kind: 'closed', connections: 1, requests: QUESTIONS },
      seconds: MAX_PASS_SECONDS,
    });
    await pause(LAST_INSERTS_MS);
    const { rows } = await database.query<{ stored: number }>('SELECT count(*)::int AS stored FROM semantic_entries');
    if ((rows[0]?.stored ?? 0) >= QUESTIONS) return;
  }
  throw new Error(`the relay did not store all of ${QUESTIONS} questions`);
}
