import type { PlanDocument } from '@relay/contracts';
import type { RelayError, Result } from '@relay/core';
import { LRUCache } from 'lru-cache';
import { finishPlan, type Blueprint } from './domain/blueprint';
import type { PlanMemo } from './domain/plan-request';
import { shapeKey, type PlanShape } from './domain/plan-shape';
import type { ShutTarget } from './domain/routing/rank';
import type { RouteTarget } from './domain/routing/route';

const MAX_ORDERS_PER_SHAPE = 64; // distinct orders kept of one outcome

/** Keeps finished plans of one compiled policy, so that merging and hashing happen once per distinct outcome. */
export class LruPlanMemo implements PlanMemo {
  /** Distinct outcomes that are kept; one of 50 rules is about 10 kB. */
  static readonly MAX_SHAPES = 500;
  private readonly blueprints = new LRUCache<string, { readonly ok: true; readonly value: Blueprint }>({
    max: LruPlanMemo.MAX_SHAPES,
  });
  private readonly documents = new WeakMap<Blueprint, LRUCache<string, PlanDocument>>(); // by order of candidates

  get size(): number {
    return this.blueprints.size;
  }

  /** Refusals are not kept: names that do not exist would crowd out plans that do. */
  blueprint(shape: PlanShape, build: () => Result<Blueprint, RelayError>): Result<Blueprint, RelayError> {
    const key = shapeKey(shape);
    const known = this.blueprints.get(key);
    if (known) return known;
    const built = build();
    if (built.ok) {
      this.blueprints.set(key, built);
      this.documents.set(built.value, new LRUCache({ max: MAX_ORDERS_PER_SHAPE }));
    }
    return built;
  }

  document(blueprint: Blueprint, order: readonly RouteTarget[], shut: readonly ShutTarget[]): PlanDocument {
    const key = blueprint.fixedOrder === order ? '' : keyOf(order, shut);
    const documents = this.documents.get(blueprint);
    const known = documents?.get(key);
    if (known) return known;
    const document = finishPlan(blueprint, order, shut);
    documents?.set(key, document);
    return document;
  }
}

function keyOf(order: readonly RouteTarget[], shut: readonly ShutTarget[]): string {
  let key = '';
  for (const { index } of order) key += `${index},`;
  key += '/';
  for (const { target, why } of shut) key += `${target.index}${why},`;
  return key;
}
