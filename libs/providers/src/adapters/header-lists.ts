/** Headers whose values are lists of what is switched on, in lower case: who adds to one takes nothing away from the others. */
const LISTS: ReadonlySet<string> = new Set(['anthropic-beta']);

export const isHeaderList = (name: string): boolean => LISTS.has(name);

/** All that the lists hold, in their order, each once. */
export function joinedList(...lists: readonly string[]): string {
  const items = lists.flatMap((list) => list.split(',')).map((item) => item.trim());
  return [...new Set(items)].filter((item) => item !== '').join(',');
}
