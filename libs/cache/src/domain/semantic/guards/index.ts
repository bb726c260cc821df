import type { Guard, GuardName, GuardViolation } from './guard';
import { numbers } from './numbers';
import { readText } from './reading';

export type { GuardName, GuardViolation } from './guard';

const none: Guard = () => null;

/** Every guard, in the order in which violations are told. */
const GUARDS = {
  numbers,
  dates: none,
  versions: none,
  literals: none,
  entities: none,
  negation: none,
  antonyms: none,
  direction: none,
  substitution: none,
} satisfies Record<GuardName, Guard>;

const ENTRIES = Object.entries(GUARDS) as [GuardName, Guard][];

/**
 * In what a stored question contradicts the one that is asked, however near their embeddings are: one violation a guard, none
 * if the answer of one may be the answer of the other.
 */
export function guardPair(asked: string, stored: string): readonly GuardViolation[] {
  if (asked === stored) return [];
  const [left, right] = [readText(asked), readText(stored)];
  if (left.plain === right.plain) return [];
  const violations: GuardViolation[] = [];
  for (const [guard, contradicts] of ENTRIES) {
    const contradiction = contradicts(left, right);
    if (contradiction) violations.push({ guard, ...contradiction });
  }
  return violations;
}
