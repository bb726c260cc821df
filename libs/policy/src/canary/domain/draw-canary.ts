import type { Unit } from '@relay/contracts';
import { unitText, type UnitFacts } from '../../domain/experiments';
import { hashText, uniform } from '../../domain/routing/seeded';

/** Who a canary is tried on. */
export interface CanaryDraw {
  readonly label: string; // name@version: other versions are tried on others
  readonly unit: Unit;
  readonly share: number; // of the units
}

/** Whether a unit is planned by the canary: the same as long as the version does not change, also when the share grows. */
export function isDrawn({ label, unit, share }: CanaryDraw, facts: UnitFacts): boolean {
  return uniform(hashText(`${label}\n${unitText(unit, facts)}`), 0) < share;
}
