const SHORTEST = 5; // code units: shorter words of one letter's difference are two words

/**
 * Whether two words are spelled so nearly that they may be one, as `zeppelin` and `zepplin`, `develop` and `developer` are: for a score,
 * which other things count in as well. Linear.
 */
export function areNearlySpelled(a: string, b: string): boolean {
  if (a.length < SHORTEST || b.length < SHORTEST) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  if (start >= SHORTEST && Math.max(a.length, b.length) - start <= 4) return true;
  if (start === 0) return false;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.length - start - end, b.length - start - end];
  return left + right <= 2 && left <= 1 && a.length > SHORTEST;
}
