import type { Unit } from '@relay/contracts';
import type { Facts } from './facts';
import type { FieldPatch } from './plan-fields';
import { hashText, pickByWeight, uniform } from './routing/seeded';

export interface CompiledExperiment {
  readonly id: string;
  readonly unit: Unit;
  readonly arms: readonly { readonly name: string; readonly weight: number; readonly patch: FieldPatch }[];
  readonly weights: readonly number[]; // of the arms
}

/** Who sends a request. `user` is empty when the app named none. */
export interface UnitFacts {
  readonly tenant: string;
  readonly key: string;
  readonly user: string;
  readonly seed: number; // of the request
}

/** What a choice holds on to, as a text. A user is told apart within its tenant; where the app names none, its key stands for it. */
export function unitText(unit: Unit, { tenant, key, user, seed }: UnitFacts): string {
  switch (unit) {
    case 'tenant':
      return tenant;
    case 'user':
      return user === '' ? `${tenant}\n${key}` : `${tenant}\n\n${user}`;
    case 'key':
      return `${tenant}\n${key}`;
    case 'request':
      return String(seed);
    default:
      return unit satisfies never;
  }
}

/** What a choice may hold on to, as texts; asked for only where there is such a choice. */
export class Units {
  /** Some choice held on to the request itself: the next one may fall otherwise. */
  drewByRequest = false;

  constructor(
    private readonly facts: Facts,
    private readonly seed: number,
  ) {}

  valueOf(unit: Unit): string {
    if (unit === 'request') this.drewByRequest = true;
    const { tenant, key, request } = this.facts;
    return unitText(unit, { tenant: tenant.id, key: key.name, user: request.user, seed: this.seed });
  }
}

/** The place of the arm that a unit belongs to: the same as long as neither id nor weights change. */
export function armOf(experiment: CompiledExperiment, units: Units): number {
  return pickByWeight(experiment.weights, uniform(hashText(`${experiment.id}\n${units.valueOf(experiment.unit)}`), 0));
}
