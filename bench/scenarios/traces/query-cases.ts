import type { INestApplicationContext } from '@nestjs/common';
import { traceFacetsQuerySchema, traceHistogramQuerySchema, type TracePage, traceQuerySchema } from '@relay/contracts';
import { TraceCounts, TraceStore } from '@relay/trace';
import { DAYS } from './fill-traces';

const DAY_MS = 86_400_000;

/** A question of the console, asked again and again with other values. */
export interface QueryCase {
  readonly name: string;
  readonly kind: 'list' | 'detail' | 'words' | 'counts' | 'wide'; // wide: everything there is, for which there is no goal
  readonly ask: (round: number) => Promise<unknown>;
}

/** Questions to a filled database. */
export function queryCases(library: INestApplicationContext, end: number): QueryCase[] {
  const [store, counts] = [library.get(TraceStore), library.get(TraceCounts)];
  const list = (query: object, scope: string | null = null): Promise<TracePage> =>
    store.list(traceQuerySchema.parse(query), scope);
  const facets = (query: object): Promise<unknown> => counts.facets(traceFacetsQuerySchema.parse(query), null);
  const histogram = (query: object): Promise<unknown> => counts.histogram(traceHistogramQuerySchema.parse(query), null);
  const tenant = (round: number): string => `tenant-${(round * 7) % 50}`;
  const before = (days: number): string => new Date(end - days * DAY_MS).toISOString();
  const lastDay = { from: before(1), to: before(0) };
  const all = { from: before(DAYS), to: before(0) };
  const word = (round: number): string => `word${5_000 + ((round * 97) % 15_000)}`;
  return [
    { name: 'list, newest', kind: 'list', ask: () => list({}) },
    { name: 'list of a tenant', kind: 'list', ask: (n) => list({}, tenant(n)) },
    { name: 'list of a day in the past', kind: 'list', ask: (n) => list({ to: before(n % DAYS) }) },
    { name: 'list, fifth page', kind: 'list', ask: () => page(list, 5) },
    { name: 'list, failed', kind: 'list', ask: (n) => list({ status: 'error,rejected', tenant: tenant(n) }) },
    {
      name: 'list by rare error code',
      kind: 'list',
      ask: (n) => list({ errorCode: 'upstream_timeout', tenant: tenant(n) }),
    },
    {
      name: 'list by model and tenant',
      kind: 'list',
      ask: (n) => list({ model: `model-${n % 6}`, tenant: tenant(n) }),
    },
    { name: 'list by a model that nobody asks for', kind: 'list', ask: (n) => list({ model: `none-${n}` }) },
    { name: 'list by user', kind: 'list', ask: (n) => list({ user: `user-${(n * 31) % 5_000}` }) },
    { name: 'list by tag', kind: 'list', ask: (n) => list({ tag: `tag-${n % 40}`, ...lastDay }) },
    { name: 'list by rule', kind: 'list', ask: (n) => list({ rule: `rule-${n % 20}` }) },
    { name: 'list by policy version', kind: 'list', ask: (n) => list({ policy: `default@${n % 8}` }) },
    { name: 'list, disliked', kind: 'list', ask: (n) => list({ feedback: 'negative', tenant: tenant(n) }) },
    { name: 'list, slower than 30 s', kind: 'list', ask: () => list({ minMs: '30000' }) },
    { name: 'list, slowest of a day', kind: 'list', ask: () => list({ sort: 'slowest', ...lastDay }) },
    { name: 'list, slowest of all days', kind: 'list', ask: () => list({ sort: 'slowest', ...all }) },
    { name: 'list, dearest of a day', kind: 'list', ask: () => list({ sort: 'dearest', ...lastDay }) },
    {
      name: 'list by request id',
      kind: 'list',
      ask: async () => list({ requestId: (await list({ limit: '1' })).data[0]?.requestId }),
    },
    { name: 'detail', kind: 'detail', ask: detail(store, list, tenant) },
    { name: 'text: rare word', kind: 'words', ask: (n) => list({ text: word(n) }) },
    { name: 'text: frequent word', kind: 'words', ask: (n) => list({ text: `word${n % 5}` }) },
    { name: 'text: rare word, one tenant', kind: 'words', ask: (n) => list({ text: word(n) }, tenant(n)) },
    { name: 'text: frequent word, one tenant', kind: 'words', ask: (n) => list({ text: `word${n % 5}` }, tenant(n)) },
    { name: 'text: two words', kind: 'words', ask: (n) => list({ text: `word${n % 40} word${n % 60}` }) },
    { name: 'q within a day', kind: 'words', ask: (n) => list({ q: word(n), ...lastDay }) },
    { name: 'facets of a day', kind: 'counts', ask: () => facets(lastDay) },
    { name: 'facets of a day and a tenant', kind: 'counts', ask: (n) => facets({ ...lastDay, tenant: tenant(n) }) },
    { name: 'histogram of a day', kind: 'counts', ask: () => histogram(lastDay) },
    { name: 'histogram of all days, one tenant', kind: 'counts', ask: (n) => histogram({ ...all, tenant: tenant(n) }) },
    { name: 'facets of all days', kind: 'wide', ask: () => facets(all) },
    { name: 'histogram of all days', kind: 'wide', ask: () => histogram(all) },
    { name: 'q of nothing in all days', kind: 'wide', ask: (n) => list({ q: `nothing-${n}` }) },
  ];
}

async function page(list: (query: object) => Promise<TracePage>, pages: number): Promise<void> {
  let cursor: string | undefined;
  for (let n = 0; n < pages; n++) cursor = (await list({ cursor })).nextCursor ?? undefined;
}

/** Ids are fetched once and then used up, so that the list does not count. */
function detail(
  store: TraceStore,
  list: (query: object, scope: string | null) => Promise<TracePage>,
  tenant: (round: number) => string,
): (round: number) => Promise<unknown> {
  const ids: string[] = [];
  return async (round) => {
    if (ids.length === 0) ids.push(...(await list({ limit: '200' }, tenant(round))).data.map(({ id }) => id));
    return store.get(ids.pop() ?? '', null);
  };
}
