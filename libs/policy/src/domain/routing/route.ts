import type { RejectedCandidate, RouteCandidate } from '@relay/contracts';
import type { CatalogueModel, ModelCatalogue } from '../catalogue';
import { autoOrder, RANKERS, type RankedModel, type RankerName } from './rankers';

export interface RouteRequest {
  readonly pinned: boolean;
  /** Names of models in order of preference; `null` means every model that may be used. */
  readonly names: readonly string[] | null;
  readonly ranker: RankerName;
  /** Model ids the tenant may use; `null` means all. */
  readonly allow: readonly string[] | null;
  /** How many of the catalogue's distinct context windows the estimate exceeds. */
  readonly windowsExceeded: number;
}

export interface WeightedCandidate extends RouteCandidate {
  readonly weight: number;
  readonly index: number; // position in the route before any draw
}

/** Ranked candidates in groups: the order of groups is fixed, within a group the draw decides. */
export interface Route {
  readonly strategy: RankerName;
  readonly groups: readonly (readonly WeightedCandidate[])[];
  readonly rejected: readonly RejectedCandidate[];
}

/** Hard filters first, then the ranking. A route without groups means that nothing is left that could serve. */
export function buildRoute(request: RouteRequest, catalogue: ModelCatalogue): Route {
  const rejected: RejectedCandidate[] = [];
  const allowed = allowedModels(request, catalogue, rejected);
  const fitting = request.pinned ? allowed : fittingModels(allowed, request.windowsExceeded, catalogue, rejected);
  let count = 0;
  const groups: WeightedCandidate[][] = [];
  for (const ranked of RANKERS[request.ranker](fitting)) {
    const group = targetsOf(ranked, count, rejected);
    count += group.length;
    if (group.length > 0) groups.push(group);
  }
  const merged = request.ranker === 'weighted' && groups.length > 0 ? [groups.flat()] : groups;
  return { strategy: request.ranker, groups: merged, rejected };
}

function allowedModels(
  request: RouteRequest,
  catalogue: ModelCatalogue,
  rejected: RejectedCandidate[],
): CatalogueModel[] {
  const { names, allow } = request;
  const mayUse = (id: string): boolean => allow === null || allow.includes(id);
  if (names === null) return autoOrder(catalogue.models.filter((model) => mayUse(model.id)));
  const models: CatalogueModel[] = [];
  for (const name of new Set(names)) {
    const model = catalogue.byId.get(name);
    if (model === undefined) rejected.push({ model: name, provider: null, reason: 'unknown model' });
    else if (!mayUse(name)) rejected.push({ model: name, provider: null, reason: 'not allowed for this tenant' });
    else models.push(model);
  }
  return models;
}

/**
 * Leaves out models whose context window is smaller than the estimated input. The estimate may be wrong, so if none would be
 * left all stay: the upstream has the last word.
 */
function fittingModels(
  models: CatalogueModel[],
  windowsExceeded: number,
  catalogue: ModelCatalogue,
  rejected: RejectedCandidate[],
): CatalogueModel[] {
  const largestExceeded = catalogue.windows[windowsExceeded - 1] ?? -1;
  const fits = (model: CatalogueModel): boolean =>
    model.contextWindow === null || model.contextWindow > largestExceeded;
  const fitting = models.filter(fits);
  if (fitting.length === 0) return models;
  for (const model of models) {
    if (fits(model)) continue;
    const reason = `context window of ${model.contextWindow} tokens is smaller than the estimated input`;
    rejected.push({ model: model.id, provider: null, reason });
  }
  return fitting;
}

function targetsOf(
  { model, score, terms }: RankedModel,
  firstIndex: number,
  rejected: RejectedCandidate[],
): WeightedCandidate[] {
  const candidates: WeightedCandidate[] = [];
  for (const { provider, upstreamModel, weight, known } of model.targets) {
    const reason = known ? (weight > 0 ? null : 'weight 0') : 'unknown provider';
    if (reason !== null) rejected.push({ model: model.id, provider, reason });
    else {
      const index = firstIndex + candidates.length;
      candidates.push({ model: model.id, provider, upstreamModel, score, terms: { ...terms, weight }, weight, index });
    }
  }
  return candidates;
}
