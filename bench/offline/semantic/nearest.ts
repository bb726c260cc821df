import type { Relation } from './relations';

export interface Near {
  readonly index: number;
  readonly similarity: number; // cosine
}

/** Kept of each prompt, whenever they were asked; which of them are stored is another matter. */
const KEPT = 200;

/** The nearest other prompts of each, best first, by an exact scan; pairs that nobody judged are left out. */
export function nearestPrompts(vectors: readonly Float32Array[], relation: Relation): Near[][] {
  const lists: Near[][] = vectors.map(() => []);
  vectors.forEach((vector, one) => {
    for (let other = 0; other < one; other++) {
      if (relation(one, other) === null) continue;
      const similarity = cosine(vector, vectors[other] ?? vector);
      keep(lists[one], { index: other, similarity });
      keep(lists[other], { index: one, similarity });
    }
  });
  return lists.map((list) => sortedHead(list));
}

/** Lists are cut now and then, not at each addition. */
function keep(list: Near[] | undefined, near: Near): void {
  if (!list) return;
  const worst = list.length >= KEPT ? (list[KEPT - 1]?.similarity ?? -1) : -1;
  if (near.similarity <= worst) return;
  list.push(near);
  if (list.length >= 2 * KEPT) {
    const head = sortedHead(list);
    list.length = 0;
    list.push(...head);
  }
}

const sortedHead = (list: readonly Near[]): Near[] =>
  [...list].sort((a, b) => b.similarity - a.similarity).slice(0, KEPT);

/** Of vectors of length 1. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let [w, x, y, z] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i += 4) {
    w += (a[i] ?? 0) * (b[i] ?? 0);
    x += (a[i + 1] ?? 0) * (b[i + 1] ?? 0);
    y += (a[i + 2] ?? 0) * (b[i + 2] ?? 0);
    z += (a[i + 3] ?? 0) * (b[i + 3] ?? 0);
  }
  return w + x + y + z;
}
