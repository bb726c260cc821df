import { jsonText, quoted } from './json-text';

/** What a rule could read of a request, by name. */
export type Features = Readonly<Record<string, unknown>>;

/** What the row says anyway. */
export interface KnownOfRow {
  readonly at: number; // ms since the epoch
  readonly tenant: string | null;
  readonly model: string | null;
  readonly stream: boolean;
  readonly user: string | null;
  readonly tags: readonly string[];
}

/** In kept features: what is missing has the value that it nearly always has. */
const MARK = '-';

type Implied = (row: KnownOfRow, said: Features) => unknown;

const always =
  (value: unknown): Implied =>
  () =>
    value;

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const FIRST_WEEKDAY = 4; // 1970-01-01 was a Thursday

/** The values that features nearly always have. */
const IMPLIED: ReadonlyMap<string, Implied> = new Map<string, Implied>([
  ['tenant.id', (row) => row.tenant],
  ['tenant.tier', always('standard')],
  ['tenant.tags', always([])],
  ['tenant.weight', always(1)],
  ['tenant.spentUsd', always(0)],
  ['key.scopes', always(['inference'])],
  ['request.operation', always('chat')],
  ['request.model', (row) => row.model],
  ['request.stream', (row) => row.stream],
  ['request.n', always(1)],
  ['request.tags', (row) => row.tags],
  ['request.priority', always('')],
  ['request.user', (row) => row.user ?? ''],
  ['request.prefer', always('')],
  ['request.hasTools', always(false)],
  ['request.toolCount', always(0)],
  ['request.responseFormat', always('text')],
  ['request.maxTokens', always(0)],
  ['request.temperature', always(1)],
  ['features.predictedTokens', (_, said) => predictedTokens(said)],
  ['features.turns', always(1)],
  ['features.images', always(0)],
  ['features.systemHash', always('')],
  ['features.hasSystem', always(false)],
  ['features.hour', ({ at }) => Math.floor(at / HOUR_MS) % 24],
  ['features.weekday', ({ at }) => (Math.floor(at / DAY_MS) + FIRST_WEEKDAY) % 7],
  ['features.task', always(null)],
  ['features.language', always(null)],
  ['features.complexity', always(null)],
  ['features.injection', always(null)],
  ['features.pii', always(null)],
]);

/**
 * Features as they are kept, as JSON: most requests have most of them alike, and each row naming all would be the larger part of the
 * row (0.6 of 1.7 kB). Left out is what `IMPLIED` tells again; without all of its names they stay as they are.
 */
export function featuresText(features: Features, row: KnownOfRow): string {
  let kept = `{"${MARK}":1`;
  let found = 0;
  for (const name in features) {
    const value = features[name];
    const implied = IMPLIED.get(name);
    if (implied !== undefined) {
      found++;
      if (isSame(value, implied(row, features))) continue;
    }
    kept += `,${quoted(name)}:${jsonText(value)}`;
  }
  return found === IMPLIED.size ? `${kept}}` : jsonText(features);
}

/** All features again. */
export function unpackFeatures(kept: Features | null, row: KnownOfRow): Features {
  if (kept === null) return {};
  if (!(MARK in kept)) return kept;
  const { [MARK]: _, ...said } = kept;
  const all: Record<string, unknown> = {};
  for (const [name, implied] of IMPLIED) all[name] = implied(row, said);
  return { ...all, ...said };
}

/** As requests are charged: input and twice the output. */
function predictedTokens(said: Features): number | null {
  const [input, output] = [said['features.inputTokens'], said['features.outputTokens']];
  return typeof input === 'number' && typeof output === 'number' ? input + 2 * output : null;
}

function isSame(value: unknown, implied: unknown): boolean {
  if (!Array.isArray(value) || !Array.isArray(implied)) return value === implied;
  return value.length === implied.length && value.every((item, i) => item === implied[i]);
}
