import type { Mark } from './mark';

/** Marks of so long ago become one on everything, in ms: few answers are older. */
export const OLD_MARK_MS = 90 * 86_400_000;

/**
 * At most so many marks, or half of them, that void what these do, and more. It is widened where it does least harm: beyond the
 * age of most answers, then, oldest first, for the tenants and groups that made the most marks, and only they are void up to there.
 * Everything is void up to the middle where that does not suffice. `marks.lua.ts` does the same in Redis.
 */
export function condenseMarks(marks: readonly Mark[], most: number): readonly Mark[] {
  const byAge = [...marks].sort((a, b) => a.epoch - b.epoch);
  const oldUntil = (byAge.at(-1)?.epoch ?? 0) - OLD_MARK_MS;
  const old = byAge.filter(({ epoch }) => epoch <= oldUntil);
  const kept = merged([], old);
  let left = byAge.length - old.length + kept.length;
  for (const [owner, group] of largestFirst(byAge.slice(old.length))) {
    const going = owner === null || left <= most || group.length < 2 ? [] : group.slice(0, left - most + 1);
    kept.push(...merged(owner === null ? [] : [owner], going), ...group.slice(going.length));
    left -= Math.max(0, going.length - 1);
  }
  return left > most ? halved(kept) : kept;
}

function largestFirst(marks: readonly Mark[]): [owner: string | null, group: readonly Mark[]][] {
  const groups = new Map<string | null, Mark[]>();
  for (const mark of marks) {
    const owner = ownerOf(mark);
    const group = groups.get(owner);
    if (group) group.push(mark);
    else groups.set(owner, [mark]);
  }
  return [...groups].sort(([, one], [, other]) => other.length - one.length);
}

/** One mark in place of these, oldest first. */
function merged(labels: readonly string[], marks: readonly Mark[]): Mark[] {
  const last = marks.at(-1);
  return last ? [{ labels, epoch: last.epoch }] : [];
}

function halved(marks: readonly Mark[]): readonly Mark[] {
  const byAge = [...marks].sort((a, b) => a.epoch - b.epoch);
  const half = Math.floor(byAge.length / 2);
  return [...merged([], byAge.slice(0, half)), ...byAge.slice(half)];
}

/** The label of the tenant, or of the group, that a mark is confined to; null for one that reaches everybody. */
function ownerOf({ labels }: Mark): string | null {
  const startsWith = (kind: string) => labels.find((label) => label.startsWith(kind));
  return startsWith('tenant:') ?? startsWith('owner:') ?? null;
}
