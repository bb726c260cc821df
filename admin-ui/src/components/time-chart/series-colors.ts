import type { Series } from './series';

/** Of named series. */
export const SERIES_COLORS = [
  'var(--series-1)',
  'var(--series-2)',
  'var(--series-3)',
  'var(--series-4)',
  'var(--series-6)',
] as const;

/** Of what stands for all others. */
const REST_COLOR = 'var(--series-5)';
/** What the API calls those. */
export const OTHERS = '(other)';

/**
 * A colour for each name, the same on every page and whoever else is there; where two would have the same, the one that comes later in
 * the alphabet has the next that is free.
 */
export function colorsOf(names: readonly string[]): ReadonlyMap<string, string> {
  const colors = new Map<string, string>();
  const taken = new Set<number>();
  for (const name of [...new Set(names)].sort()) {
    const wanted = hashOf(name) % SERIES_COLORS.length;
    const steps = SERIES_COLORS.map((_, step) => (wanted + step) % SERIES_COLORS.length);
    const at = steps.find((step) => !taken.has(step)) ?? wanted;
    taken.add(at);
    colors.set(name, SERIES_COLORS[at] ?? REST_COLOR);
  }
  return colors;
}

/** FNV-1a of 32 bits (Fowler, Noll, Vo): names that differ in a digit are spread. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

interface Group {
  readonly key: string | null; // null: of nobody
  readonly label: string;
  readonly values: readonly number[];
}

/** Bars upon each other, each group in its own colour. */
export function barsOf(groups: readonly Group[]): Series[] {
  const nameOf = ({ key }: Group): string => key ?? 'none';
  const colors = colorsOf(groups.map(nameOf).filter((name) => name !== OTHERS));
  return groups.map((group) => ({
    id: nameOf(group),
    label: group.label,
    color: colors.get(nameOf(group)) ?? REST_COLOR,
    kind: 'bar',
    values: group.values,
  }));
}
