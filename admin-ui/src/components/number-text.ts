/** What stands in a field of numbers, as a number; null while it is none yet. */
export function numberOf(typed: string | number): number | null {
  if (typeof typed === 'number') return Number.isFinite(typed) ? typed : null;
  const text = typed.trim();
  return /^-?\d+\.?\d*$|^-?\.\d+$/.test(text) ? Number(text) : null;
}
