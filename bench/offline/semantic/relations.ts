/** Whether the answer to one prompt (by index) answers the other; null: nobody judged it, and the pair takes no part. */
export type Relation = (one: number, other: number) => boolean | null;

export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly same: 0 | 1;
}

const OUT_OF_SCOPE = 'oos';

/** One intent, one answer; questions of no intent have nothing in common. */
export const intentRelation =
  (intents: readonly string[]): Relation =>
  (one, other) =>
    intents[one] === intents[other] && intents[one] !== OUT_OF_SCOPE;

/**
 * As people judged pairs: what is the same as the same is the same, and what differs from it differs. A pair that was judged itself is taken
 * at its word. Of all others nobody knows.
 */
export function pairRelation(
  texts: readonly string[],
  pairs: readonly Pair[],
  unjudged: 'left out' | 'different',
): Relation {
  const index = new Map(texts.map((text, i) => [text, i]));
  const judged = pairs.map(({ a, b, same }) => ({ a: index.get(a) ?? -1, b: index.get(b) ?? -1, same: same === 1 }));
  const groups = groupsOf(
    texts.length,
    judged.filter(({ same }) => same),
  );
  const keyOf = (a: number, b: number): number => Math.min(a, b) * texts.length + Math.max(a, b);
  const said = new Map(judged.map(({ a, b, same }) => [keyOf(a, b), same]));
  const group = (i: number): number => groups[i] ?? -1;
  const apart = new Set(judged.filter(({ same }) => !same).map(({ a, b }) => keyOf(group(a), group(b))));
  return (one, other) => {
    const known = said.get(keyOf(one, other));
    if (known !== undefined) return known;
    if (group(one) === group(other)) return true;
    return unjudged === 'different' || apart.has(keyOf(group(one), group(other))) ? false : null;
  };
}

/** For each text the smallest index that it is linked with. */
function groupsOf(count: number, links: readonly { a: number; b: number }[]): Int32Array {
  const parents = Int32Array.from({ length: count }, (_, i) => i);
  const rootOf = (i: number): number => {
    const parent = parents[i] ?? i;
    return parent === i ? i : (parents[i] = rootOf(parent));
  };
  for (const { a, b } of links) {
    const [one, other] = [rootOf(a), rootOf(b)];
    parents[Math.max(one, other)] = Math.min(one, other);
  }
  return parents.map((_, i) => rootOf(i));
}
