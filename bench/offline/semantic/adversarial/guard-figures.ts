import { guardPair, type GuardName } from '@relay/cache';

/** A pair of questions with what is known of it, of any set. */
export interface JudgedPair {
  readonly a: string;
  readonly b: string;
  readonly same: 0 | 1;
  readonly kind?: string;
}

/** Shares are 0 to 1; of no pairs they are 0. */
export interface GuardFigures {
  readonly kind: string;
  readonly samePairs: number;
  readonly otherPairs: number;
  /** Pairs with the same answer that no guard blocks. */
  readonly trueAccept: number;
  /** Pairs with another answer that no guard blocks. */
  readonly falseAccept: number;
  /** Share of each side that a guard blocks; several may block one pair. */
  readonly blocked: Readonly<Partial<Record<GuardName, { readonly same: number; readonly other: number }>>>;
}

/** What the guards alone make of pairs, whatever their embeddings: of all of them, then kind by kind. */
export function guardFigures(pairs: readonly JudgedPair[]): GuardFigures[] {
  const kinds = [...new Set(pairs.map(({ kind }) => kind).filter((kind) => kind !== undefined))];
  return [
    figuresOf('all', pairs),
    ...kinds.map((kind) =>
      figuresOf(
        kind,
        pairs.filter((pair) => pair.kind === kind),
      ),
    ),
  ];
}

function figuresOf(kind: string, pairs: readonly JudgedPair[]): GuardFigures {
  const totals = [0, 0];
  const accepted = [0, 0];
  const blocked = new Map<GuardName, [other: number, same: number]>();
  for (const { a, b, same } of pairs) {
    const violations = guardPair(a, b);
    totals[same] = (totals[same] ?? 0) + 1;
    if (violations.length === 0) accepted[same] = (accepted[same] ?? 0) + 1;
    for (const { guard } of violations) {
      const counts = blocked.get(guard) ?? [0, 0];
      counts[same]++;
      blocked.set(guard, counts);
    }
  }
  const [otherPairs = 0, samePairs = 0] = totals;
  return {
    kind,
    samePairs,
    otherPairs,
    trueAccept: share(accepted[1], samePairs),
    falseAccept: share(accepted[0], otherPairs),
    blocked: Object.fromEntries(
      [...blocked].map(([guard, [other, same]]) => [
        guard,
        { same: share(same, samePairs), other: share(other, otherPairs) },
      ]),
    ),
  };
}

const share = (part: number | undefined, whole: number): number => (whole === 0 ? 0 : (part ?? 0) / whole);
