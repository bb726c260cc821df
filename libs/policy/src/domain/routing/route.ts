import { targetKey, type RejectedCandidate } from '@relay/contracts';
import type { CatalogueModel, CatalogueTarget, ModelCatalogue } from '../catalogue';
import type { EstimatedTarget } from './estimate';
import { rejectionOf, type HardFilters } from './hard-filters';

export interface RouteRequest extends HardFilters {
  /** The model that the app asked for; `null` leaves the choice to the policy. */
  readonly pinned: string | null;
  /** Names of models in order of preference; `null` means every model that may be used. */
  readonly names: readonly string[] | null;
  /** Models tried after those, in this order. */
  readonly fallbacks: readonly string[];
  /** Weighted and sticky draws are made among all targets, others among those of one model. */
  readonly oneGroup: boolean;
}

/** A target that may serve, before anything about this very request is known. */
export interface RouteTarget extends EstimatedTarget {
  readonly weight: number;
  readonly index: number; // place in the route
}

/** What passed the filters. A route without groups means that nothing is left that could serve. */
export interface Route {
  /** One group a model in the order of the policy, or all in one: the order within a group is drawn by weight. */
  readonly groups: readonly (readonly RouteTarget[])[];
  /** Groups that come after all others, whatever the strategy. */
  readonly fallbacks: readonly (readonly RouteTarget[])[];
  readonly all: readonly RouteTarget[]; // of both
  readonly rejected: readonly RejectedCandidate[];
}

/** In which order tiers stand when the policy names no candidates. */
const AUTO_TIERS = ['standard', 'basic', 'advanced'] as const;

/** The hard filters: what may serve at all, in the order the policy gave. */
export function buildRoute(request: RouteRequest, catalogue: ModelCatalogue): Route {
  const rejected: RejectedCandidate[] = [];
  const reject = (model: string, provider: string | null, reason: string): void => {
    rejected.push({ model, provider, reason });
  };
  const chosen = request.pinned === null ? request.names : [request.pinned];
  const models = chosen === null ? autoOrder(catalogue) : namedModels(chosen, catalogue, reject);
  const ranked = usableModels(models, request, reject);
  const after = usableModels(
    namedModels(request.fallbacks, catalogue, reject).filter((model) => !ranked.includes(model)),
    request,
    reject,
  );
  let count = 0;
  const groupsOf = (list: readonly CatalogueModel[]): RouteTarget[][] =>
    list.flatMap((model) => {
      const group = targetsOf(model, count, request, reject);
      count += group.length;
      return group.length > 0 ? [group] : [];
    });
  const groups = groupsOf(ranked);
  const fallbacks = groupsOf(after);
  const all = [...groups, ...fallbacks].flat();
  if (groups.length === 0) return { groups: fallbacks, fallbacks: [], all, rejected };
  return { groups: request.oneGroup ? [groups.flat()] : groups, fallbacks, all, rejected };
}

type Reject = (model: string, provider: string | null, reason: string) => void;

function autoOrder({ models }: ModelCatalogue): readonly CatalogueModel[] {
  return AUTO_TIERS.flatMap((tier) => models.filter((model) => model.tier === tier));
}

function namedModels(names: readonly string[], catalogue: ModelCatalogue, reject: Reject): CatalogueModel[] {
  return [...new Set(names)].flatMap((name) => {
    const model = catalogue.byId.get(name);
    if (model === undefined) reject(name, null, 'unknown model');
    return model ?? [];
  });
}

/**
 * Filters by model. The context window is compared with an estimate, which may be wrong: if it would leave nothing, all stay,
 * and the upstream has the last word. A model that the app asked for is held to the tenant's list only: it shall get its answer.
 */
function usableModels(models: readonly CatalogueModel[], request: RouteRequest, reject: Reject): CatalogueModel[] {
  const { allow } = request;
  const allowed = models.filter((model) => {
    if (allow === null || allow.includes(model.id)) return true;
    // Nobody named it: that it exists is not this tenant's business.
    if (request.names !== null || request.pinned !== null) reject(model.id, null, 'not allowed for this tenant');
    return false;
  });
  if (request.pinned !== null) return allowed;
  const able = allowed.filter((model) => keep(model, rejectionOf(model, request), reject));
  const fits = (model: CatalogueModel): boolean =>
    model.contextWindow === null || model.contextWindow > request.exceededWindow;
  if (!able.some(fits)) return able;
  return able.filter((model) => {
    const reason = `context window of ${model.contextWindow} tokens is smaller than the estimated input`;
    return keep(model, fits(model) ? null : reason, reject);
  });
}

function keep(model: CatalogueModel, reason: string | null, reject: Reject): boolean {
  if (reason !== null) reject(model.id, null, reason);
  return reason === null;
}

/** Filters by target; the policy's word on where data may go holds for pinned models as well. */
function targetsOf(model: CatalogueModel, first: number, request: RouteRequest, reject: Reject): RouteTarget[] {
  const { regions, providers } = request;
  const reasonFor = (target: CatalogueTarget): string | null => {
    if (!target.known) return 'unknown provider';
    if (target.weight <= 0) return 'weight 0';
    if (providers !== null && !providers.includes(target.provider)) return 'not among the providers of the policy';
    if (regions === null) return null;
    if (target.region === null) return 'its region is not known, and the policy names regions';
    return regions.includes(target.region) ? null : `its region ${target.region} is not among those of the policy`;
  };
  const targets: RouteTarget[] = [];
  for (const target of model.targets) {
    const reason = reasonFor(target);
    if (reason !== null) reject(model.id, target.provider, reason);
    else {
      const key = targetKey(target.provider, target.upstreamModel);
      targets.push({ model, target, key, weight: target.weight, index: first + targets.length });
    }
  }
  return targets;
}
