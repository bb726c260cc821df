import type { Dimension } from './evaluation-view';

/** What is opened is held against what is usual: `a` is the base, `b` is judged. */
export interface Pair {
  readonly a: string | null;
  readonly b: string;
}

const VERSION = /^(.*)@(\d+)$/;

/** The group with most requests (`names` come in that order), but a version of a policy against the version before it. */
export function pairOf(opened: string, names: readonly string[], by: Dimension): Pair {
  const others = names.filter((name) => name !== opened);
  const before = by === 'policy' ? versionBefore(opened, others) : null;
  return { a: before ?? others[0] ?? null, b: opened };
}

function versionBefore(opened: string, others: readonly string[]): string | null {
  const [, policy, version] = VERSION.exec(opened) ?? [];
  const earlier = others.flatMap((name) => {
    const [, other, number] = VERSION.exec(name) ?? [];
    return other === policy && Number(number) < Number(version) ? [{ name, number: Number(number) }] : [];
  });
  return earlier.sort((left, right) => right.number - left.number)[0]?.name ?? null;
}
