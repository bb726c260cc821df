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

/**
 * Features as they are kept: most requests have most of them alike, and each row naming all would be the larger part of the row
 * (0.6 of 1.7 kB). Left out is what `impliedBy` tells again; without all of these names they stay as they are.
 */
export function packFeatures(features: Features | null, row: KnownOfRow): Features | null {
  if (features === null) return null;
  const implied = impliedBy(row, features);
  for (const name in implied) if (!(name in features)) return features;
  const kept: Record<string, unknown> = { [MARK]: 1 };
  for (const [name, value] of Object.entries(features))
    if (!(name in implied) || !isSame(value, implied[name])) kept[name] = value;
  return kept;
}

/** All features again. */
export function unpackFeatures(kept: Features | null, row: KnownOfRow): Features {
  if (kept === null) return {};
  if (!(MARK in kept)) return kept;
  const { [MARK]: _, ...said } = kept;
  return { ...impliedBy(row, said), ...said };
}

function impliedBy(row: KnownOfRow, said: Features): Features {
  const at = new Date(row.at);
  return {
    'tenant.id': row.tenant,
    'tenant.tier': 'standard',
    'tenant.tags': [],
    'tenant.weight': 1,
    'tenant.spentUsd': 0,
    'key.scopes': ['inference'],
    'request.operation': 'chat',
    'request.model': row.model,
    'request.stream': row.stream,
    'request.n': 1,
    'request.tags': row.tags,
    'request.priority': '',
    'request.user': row.user ?? '',
    'request.prefer': '',
    'request.hasTools': false,
    'request.toolCount': 0,
    'request.responseFormat': 'text',
    'request.maxTokens': 0,
    'request.temperature': 1,
    'features.predictedTokens': predictedTokens(said),
    'features.turns': 1,
    'features.images': 0,
    'features.systemHash': '',
    'features.hasSystem': false,
    'features.hour': at.getUTCHours(),
    'features.weekday': at.getUTCDay(),
    'features.task': null,
    'features.language': null,
    'features.complexity': null,
    'features.injection': null,
    'features.pii': null,
  };
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
