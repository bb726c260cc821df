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

/** What a choice may hold on to, as texts; asked for only where there is such a choice. */
export class Units {
  constructor(
    private readonly facts: Facts,
    private readonly seed: number,
  ) {}

  /** A user is told apart within its tenant; where the app names none, its key stands for it. */
  valueOf(unit: Unit): string {
    const { tenant, key, request } = this.facts;
    switch (unit) {
      case 'tenant':
        return tenant.id;
      case 'user':
        return request.user === '' ? this.valueOf('key') : `${tenant.id}\n\n${request.user}`;
      case 'key':
        return `${tenant.id}\n${key.name}`;
      case 'request':
        return String(this.seed);
      default:
        return unit satisfies never;
    }
  }
}

/** The place of the arm that a unit belongs to: the same as long as neither id nor weights change. */
export function armOf(experiment: CompiledExperiment, units: Units): number {
  return pickByWeight(experiment.weights, uniform(hashText(`${experiment.id}\n${units.valueOf(experiment.unit)}`), 0));
}
