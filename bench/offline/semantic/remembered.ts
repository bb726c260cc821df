import { guardPair, pairLikeness } from '@relay/cache';
import type { Served } from './serve-stream';

/** What guards and words say of pairs, worked out once: the same pairs meet in every run. */
export function remembered(prompts: readonly string[]): Pick<Served, 'objects' | 'likeness'> {
  const guards = new Map<number, boolean>();
  const likeness = new Map<number, number>();
  const keyOf = (asked: number, stored: number): number => asked * prompts.length + stored;
  const textOf = (index: number): string => prompts[index] ?? '';
  return {
    objects: (asked, stored) =>
      once(guards, keyOf(asked, stored), () => guardPair(textOf(asked), textOf(stored)).length > 0),
    likeness: (asked, { index, similarity }) =>
      once(likeness, keyOf(asked, index), () => pairLikeness(textOf(asked), textOf(index), similarity)),
  };
}

function once<T>(known: Map<number, T>, key: number, work: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = work();
  known.set(key, made);
  return made;
}
