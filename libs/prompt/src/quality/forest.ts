/**
 * Trees that ask one input at a time, all in flat arrays:
 *
 *   inputs      [ 3   -1   -1  ...]  input that a node asks; -1: a leaf
 *   thresholds  [0.5   0    0  ...]  below: the left child
 *   next        [ 1    0    1  ...]  of a node: its left child, the right one follows it; of a leaf: its row of `values`
 */
export interface ForestArrays {
  readonly inputs: Int16Array;
  readonly thresholds: Float32Array;
  readonly next: Int32Array;
  readonly roots: Int32Array;
  readonly values: Uint8Array; // by leaf, then output; 0..255 for 0..1
}

export const LEAF = -1;
const LEVELS = 255;

/** Adds up, for each output, the mean over all trees of the leaf that the inputs lead to, times `share`. */
export function addForest(
  { inputs, thresholds, next, roots, values }: ForestArrays,
  of: Float64Array,
  share: number,
  sums: Float64Array,
): void {
  const outputs = sums.length;
  const scale = share / (LEVELS * roots.length);
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree] ?? 0;
    for (let input = inputs[node] ?? LEAF; input !== LEAF; input = inputs[node] ?? LEAF)
      node = (next[node] ?? 0) + ((of[input] ?? 0) < (thresholds[node] ?? 0) ? 0 : 1);
    const row = (next[node] ?? 0) * outputs;
    for (let i = 0; i < outputs; i++) sums[i] = (sums[i] ?? 0) + scale * (values[row + i] ?? 0);
  }
}

/** Why the arrays are no forest, or `null`: each walk must end, at a leaf that has values. */
export function forestProblem(
  { inputs, thresholds, next, roots, values }: ForestArrays,
  inputCount: number,
  outputs: number,
): string | null {
  const nodes = inputs.length;
  if (thresholds.length !== nodes || next.length !== nodes) return 'nodes of different count';
  if (roots.length === 0 || roots.some((root) => root < 0 || root >= nodes)) return 'a tree without a root';
  for (let node = 0; node < nodes; node++) {
    const [input, to] = [inputs[node] ?? LEAF, next[node] ?? -1];
    if (input === LEAF ? to < 0 || (to + 1) * outputs > values.length : to <= node || to + 1 >= nodes)
      return 'a node that leads nowhere'; // children stand after their parent: no walk can go round
    if (input < LEAF || input >= inputCount) return 'an input that there is not';
  }
  return null;
}
