const UINT32 = 0x1_0000_0000;
const GOLDEN_RATIO = 0x9e3779b9;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The finaliser of MurmurHash3 (Appleby, public domain): every bit of the input reaches every bit of the output. */
function mix32(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A number in [0, 1) from the seed and the number of the draw. */
export function uniform(seed: number, draw: number): number {
  return mix32(seed ^ mix32(draw + GOLDEN_RATIO)) / UINT32;
}

/** A uint32 from a text (FNV-1a over its UTF-16 units, then mixed): the seed of choices that hold on to a user or a tenant. */
export function hashText(text: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return mix32(hash);
}

/** A row of numbers in [0, 1) that depends on nothing but the seed. */
export class SeededDraws {
  private draw = 0;

  constructor(private readonly seed: number) {}

  next(): number {
    return uniform(this.seed, this.draw++);
  }
}

/** The place of the weighted item that `share` (in [0, 1)) of the whole weight falls on; the last where weights are all 0. */
export function pickByWeight(weights: readonly number[], share: number): number {
  let rest = share * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < weights.length; i++) {
    rest -= weights[i] ?? 0;
    if (rest < 0) return i;
  }
  return weights.length - 1;
}
