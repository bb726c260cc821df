/** What a change made of each field that it changed, for the audit log: from what, to what. */
export function changedFields<T extends object>(
  before: T,
  after: T,
): Readonly<Record<string, { from: unknown; to: unknown }>> {
  const names = Object.keys(after) as (keyof T & string)[];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, { from: before[name] ?? null, to: after[name] ?? null }]));
}
