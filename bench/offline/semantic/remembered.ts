import { guardPair } from '@relay/cache';
import type { Served } from './serve-stream';

/** The same pairs meet in every run. */
export function rememberedGuards(prompts: readonly string[]): Served['objects'] {
  const known = new Map<number, boolean>();
  return (asked, stored) => {
    const key = asked * prompts.length + stored;
    let objects = known.get(key);
    if (objects === undefined) {
      objects = guardPair(prompts[asked] ?? '', prompts[stored] ?? '').length > 0;
      known.set(key, objects);
    }
    return objects;
  };
}
