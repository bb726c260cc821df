import { SemanticStore } from '@relay/cache';
import { ConfigStore, environmentSchema, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { systemClock } from '@relay/core';
import { dataSourceOptions, openDataSource } from '@relay/database';
import type { DataSource } from 'typeorm';
import { createScratchDatabase } from '../../subjects/scratch-database';
import { seededRandom } from '../../training/random';
import type { Goal, OfflineContext, OfflineResult, OfflineScenario } from '../offline-scenario';
import { Crowd } from './crowd';
import { recallOf, timeInserts, timeLookUps, type Query, type Recall, type Times } from './measure';
import { fill, newTenant, type Tenant } from './tenants';

const DIMENSIONS = 512; // of the built-in embedder
const ENTRIES = 100_000;
const HOT_ENTRIES = 50_000; // of one tenant
const TENANTS = 50;
const CLUSTERS = 200; // of a tenant
const LOOK_UPS = 2_000;
const WARM_UP = 200;
const RECALL_LOOK_UPS = 300;
const INSERTS = 300;
const SERVED = 5; // neighbours that a request looks at
const CLIENTS = [1, 4];
const GOAL_P99_MS = 50;
const GOAL_RECALL = 0.95;

/** The store among many entries of many tenants: how long a look-up takes, what it misses, what an insert costs. */
export const vectorSearch: OfflineScenario = {
  summary: `look-ups among ${ENTRIES} entries of ${TENANTS} tenants on PostgreSQL, ${DIMENSIONS} dimensions`,
  withoutData: true,
  run: measureVectorSearch,
};

interface Kind {
  readonly name: string;
  readonly query: () => Query;
  readonly insertsInto: Tenant;
  readonly crowd: Crowd;
}

async function measureVectorSearch({ seed, say }: OfflineContext): Promise<OfflineResult> {
  const server = process.env.BENCH_DATABASE_URL ?? process.env.TEST_DATABASE_URL ?? process.env.DATABASE_URL;
  if (!server) throw new Error('vector-search needs a PostgreSQL server: set BENCH_DATABASE_URL');
  const database = await createScratchDatabase(server, 'relay_bench_vectors');
  try {
    const dataSource = await openDataSource(dataSourceOptions({ DATABASE_URL: database.url }, null));
    try {
      return await measure(dataSource, seed, say, database.version);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await database.drop();
  }
}

async function measure(
  dataSource: DataSource,
  seed: number,
  say: OfflineContext['say'],
  version: string,
): Promise<OfflineResult> {
  const store = openStore(dataSource);
  const random = seededRandom(seed);
  const crowds = Array.from({ length: TENANTS }, () => new Crowd(random, DIMENSIONS, CLUSTERS));
  const each = Math.floor((ENTRIES - HOT_ENTRIES) / (TENANTS - 1));
  const tenants: Tenant[] = [];
  for (const [i, crowd] of crowds.entries()) {
    const vectors = Array.from({ length: i === 0 ? HOT_ENTRIES : each }, () => crowd.draw());
    const tenant = newTenant(`tenant-${i}`, vectors);
    tenants.push(tenant);
    await fill(dataSource, store, tenant);
    if (i % 10 === 0) say(`${i + 1} tenants filled`);
  }
  await dataSource.query('VACUUM ANALYZE semantic_entries'); // as autovacuum would
  const indexSeconds = await buildIndexes(store);
  say(`index of the hot tenant built in ${indexSeconds.toFixed(1)} s`);
  const kinds = kindsOf(tenants, crowds, random);
  const measured = [];
  for (const kind of kinds) measured.push({ kind: kind.name, ...(await measureKind(store, kind, say)) });
  return report(measured, indexSeconds, version);
}

function openStore(dataSource: DataSource): SemanticStore {
  const parsed = relayConfigSchema.parse({ cache: { semantic: { maxInsertsPerKeyPerMinute: 1_000_000 } } });
  const config = { ...parsed, policy: policyDocumentSchema.parse({ name: 'bench', version: 1 }) };
  return new SemanticStore(dataSource, new ConfigStore(config, 'bench'), environmentSchema.parse({}), systemClock);
}

/** In seconds. */
async function buildIndexes(store: SemanticStore): Promise<number> {
  const started = performance.now();
  const { indexesBuilt } = await store.maintain();
  if (indexesBuilt !== 1) throw new Error(`${indexesBuilt} indexes were built, not one`);
  return (performance.now() - started) / 1_000;
}

function kindsOf(tenants: readonly Tenant[], crowds: readonly Crowd[], random: () => number): Kind[] {
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const query = (tenant: Tenant, crowd: Crowd): Query => {
    const vector = random() < 0.5 ? crowd.paraphrase(pick(tenant.vectors)) : crowd.draw();
    return { tenant, vector };
  };
  const kind = (name: string, from: number, to: number): Kind => {
    const places = Array.from({ length: to - from }, (_, i) => from + i);
    const of = (i: number): { tenant: Tenant; crowd: Crowd } => {
      const [tenant, crowd] = [tenants[i], crowds[i]];
      if (!tenant || !crowd) throw new Error(`no tenant ${i}`);
      return { tenant, crowd };
    };
    const first = of(from);
    return {
      name,
      query: () => {
        const { tenant, crowd } = of(pick(places));
        return query(tenant, crowd);
      },
      insertsInto: first.tenant,
      crowd: first.crowd,
    };
  };
  const each = tenants[1]?.vectors.length ?? 0;
  return [
    kind(`${TENANTS - 1} tenants of ${each} each, compared one by one`, 1, tenants.length),
    kind(`one tenant of ${HOT_ENTRIES}, by its index`, 0, 1),
  ];
}

interface Measured {
  readonly kind: string;
  readonly lookUps: { readonly clients: number; readonly times: Times }[];
  readonly recall: Recall;
  readonly inserts: Times;
}

async function measureKind(
  store: SemanticStore,
  kind: Kind,
  say: OfflineContext['say'],
): Promise<Omit<Measured, 'kind'>> {
  const queries = (count: number): Query[] => Array.from({ length: count }, kind.query);
  await timeLookUps(store, queries(WARM_UP), 1, SERVED);
  const lookUps = [];
  for (const clients of CLIENTS)
    lookUps.push({ clients, times: await timeLookUps(store, queries(LOOK_UPS), clients, SERVED) });
  say(`${kind.name}: look-ups measured`);
  const recall = await recallOf(store, queries(RECALL_LOOK_UPS));
  const vectors = Array.from({ length: INSERTS }, () => kind.crowd.draw());
  const inserts = await timeInserts(store, kind.insertsInto, vectors);
  return { lookUps, recall, inserts };
}

function report(measured: readonly Measured[], indexSeconds: number, version: string): OfflineResult {
  const ms = ({ p50, p95, p99, failed }: Times): string[] => [
    ...[p50, p95, p99].map((value) => value.toFixed(1)),
    String(failed),
  ];
  const rows = measured.flatMap(({ kind, lookUps, inserts }) => [
    ...lookUps.map(({ clients, times }) => [kind, `look-up, ${clients} at a time`, ...ms(times)]),
    [kind, 'insert', ...ms(inserts)],
  ]);
  const goals = measured.flatMap(({ kind, lookUps, recall }): Goal[] => [
    ...lookUps.map(({ clients, times }): Goal => ({
      name: `P99 of a look-up in ms, ${clients} at a time: ${kind}`,
      value: times.p99,
      wanted: GOAL_P99_MS,
      better: 'lower',
    })),
    { name: `recall@1: ${kind}`, value: recall.at1, wanted: GOAL_RECALL, better: 'higher' },
    { name: `recall@10: ${kind}`, value: recall.at10, wanted: GOAL_RECALL, better: 'higher' },
  ]);
  return {
    sections: [
      {
        title: 'Times, in ms',
        notes: [
          `PostgreSQL ${version}. Vectors are drawn from ${CLUSTERS} clusters a tenant, whose sizes follow Zipf's law; half of the look-ups are paraphrases of a stored entry (cosine 0.9), half new draws. A tenth of the entries has expired and is passed over.`,
          `A look-up gives ${SERVED} neighbours with prompt and answer, decoded; embedding is not in it; after 250 ms it is given up. An insert counts near-duplicates first. The index of ${HOT_ENTRIES} entries took ${indexSeconds.toFixed(1)} s to build, without locking anybody out.`,
        ],
        table: [['', '', 'P50', 'P95', 'P99', 'given up'], ...rows],
      },
      {
        title: 'What is found',
        notes: [
          `Against a comparison of all vectors in single precision, over ${RECALL_LOOK_UPS} look-ups of 10 neighbours each.`,
        ],
        table: [
          ['', 'recall@1', 'recall@10'],
          ...measured.map(({ kind, recall }) => [kind, recall.at1.toFixed(3), recall.at10.toFixed(3)]),
        ],
      },
    ],
    goals,
    details: { measured, indexSeconds },
  };
}
