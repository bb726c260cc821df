export interface Change {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface ReadDetail {
  readonly changes: readonly Change[];
  readonly facts: readonly { readonly name: string; readonly value: unknown }[]; // what else is said
}

/** What an entry says was changed, from what to what, and what else it says. Other shapes are facts. */
export function readDetail(detail: Readonly<Record<string, unknown>>): ReadDetail {
  const pairs = Object.entries(detail);
  const changes = pairs.flatMap(([field, value]) =>
    isChange(value) ? [{ field, from: value.from, to: value.to }] : [],
  );
  const rest = pairs.filter(([, value]) => !isChange(value));
  if (!('before' in detail && 'after' in detail)) return { changes, facts: factsOf(rest) };
  const others = rest.filter(([name]) => name !== 'before' && name !== 'after');
  return { changes: [...changes, ...between(detail['before'], detail['after'])], facts: factsOf(others) };
}

/** `tenant, models` for a column of a list. */
export const summaryOf = (detail: Readonly<Record<string, unknown>>): string => {
  const { changes, facts } = readDetail(detail);
  const said = [
    ...changes.map(({ field, from, to }) => `${field}: ${textOf(from)} → ${textOf(to)}`),
    ...facts.map(({ name, value }) => `${name}: ${textOf(value)}`),
  ];
  return said.join(' · ');
};

/** Characters of one value in such a summary. */
const MAX_VALUE = 60;

export function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
  if (value === null || value === undefined || text === '') return '–';
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}

function between(before: unknown, after: unknown): readonly Change[] {
  if (!isRecord(before) || !isRecord(after))
    return before === after ? [] : [{ field: 'value', from: before, to: after }];
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({ field, from: before[field] ?? null, to: after[field] ?? null }));
}

const factsOf = (pairs: readonly (readonly [string, unknown])[]) => pairs.map(([name, value]) => ({ name, value }));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isChange = (value: unknown): value is { readonly from: unknown; readonly to: unknown } =>
  isRecord(value) && Object.keys(value).length === 2 && 'from' in value && 'to' in value;
