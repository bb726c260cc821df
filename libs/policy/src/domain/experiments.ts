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

/** What a choice may hold on to, as texts. */
export type UnitValues = Readonly<Record<Unit, string>>;

/** A user is told apart within its tenant; where the app names none, its key stands for it. */
export function unitValues({ tenant, key, request }: Facts, seed: number): UnitValues {
  const ofKey = `${tenant.id}\n${key.name}`;
  return {
    tenant: tenant.id,
    key: ofKey,
    user: request.user === '' ? ofKey : `${tenant.id}\n\n${request.user}`,
    request: String(seed),
  };
}

/** The place of the arm that a unit belongs to: the same as long as neither id nor weights change. */
export function armOf(experiment: CompiledExperiment, units: UnitValues): number {
  return pickByWeight(experiment.weights, uniform(hashText(`${experiment.id}\n${units[experiment.unit]}`), 0));
}
