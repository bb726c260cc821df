const FNV_PRIME = 0x01000193;

/** One step of FNV-1a over 16-bit units; spread the end result before use, its high bits are weak. */
export const step = (hash: number, unit: number): number => Math.imul(hash ^ unit, FNV_PRIME);

/** Spreads a hash over all 32 bits (finaliser of MurmurHash3). */
export function spreadBits(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
