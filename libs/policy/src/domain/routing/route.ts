import { targetKey, type RejectedCandidate } from '@relay/contracts';
import type { CatalogueModel, CatalogueTarget, ModelCatalogue } from '../catalogue';
import type { EstimatedTarget } from './estimate';
import { operationRefusal, rejectionOf, type HardFilters } from './hard-filters';

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
  /** The chain that is called when the ranked ones fail, in its own order. */
  readonly fallbacks: readonly (readonly RouteTarget[])[];
  readonly all: readonly RouteTarget[]; // of both
  readonly rejected: readonly RejectedCandidate[];
  /** What the request needs and a model left out for it cannot do; `null` if none was. */
  readonly unable: string | null;
  /** Nothing is left, and some targets were left out because nobody can ask them for this. */
  readonly unasked: string | null;
}

/** In which order tiers stand when the policy names no candidates. */
const AUTO_TIERS = ['standard', 'basic', 'advanced'] as const;

/** The hard filters: what may serve at all, in the order the policy gave. */
export function buildRoute(request: RouteRequest, catalogue: ModelCatalogue): Route {
  const filter = new ModelFilter(request);
  const chosen = request.pinned === null ? request.names : [request.pinned];
  const models = chosen === null ? autoOrder(catalogue) : filter.known(chosen, catalogue);
  const chain = filter.known(request.fallbacks, catalogue).filter((model) => !models.includes(model));
  const [ranked, after] = filter.usable(models, chain);
  let count = 0;
  const groupsOf = (list: readonly CatalogueModel[]): RouteTarget[][] =>
    list.flatMap((model) => {
      const group = targetsOf(model, count, request, filter);
      count += group.length;
      return group.length > 0 ? [group] : [];
    });
  const groups = groupsOf(ranked);
  const fallbacks = groupsOf(after);
  const all = [...groups, ...fallbacks].flat();
  const { rejected, unable } = filter;
  const facts = { all, rejected, unable, unasked: all.length === 0 ? filter.unasked : null };
  if (groups.length === 0) return { ...facts, groups: fallbacks, fallbacks: [] };
  return { ...facts, groups: request.oneGroup ? [groups.flat()] : groups, fallbacks };
}

type Reject = (model: string, provider: string | null, reason: string) => void;

function autoOrder({ models }: ModelCatalogue): readonly CatalogueModel[] {
  return AUTO_TIERS.flatMap((tier) => models.filter((model) => model.tier === tier));
}

/** Filters by model, and remembers why one was left out. */
class ModelFilter {
  readonly rejected: RejectedCandidate[] = [];
  unable: string | null = null;
  unasked: string | null = null;

  constructor(private readonly request: RouteRequest) {}

  readonly reject: Reject = (model, provider, reason) => {
    this.rejected.push({ model, provider, reason });
  };

  known(names: readonly string[], catalogue: ModelCatalogue): CatalogueModel[] {
    return [...new Set(names)].flatMap((name) => {
      const model = catalogue.byId.get(name);
      if (model === undefined) this.reject(name, null, 'unknown model');
      return model ?? [];
    });
  }

  /**
   * Of the candidates and of the chain behind them. The context window is compared with an estimate, which may be wrong: if
   * nobody's were large enough all stay, and the upstream has the last word. A model that the app asked for is held to the
   * tenant's list only: it shall get its answer.
   */
  usable(models: readonly CatalogueModel[], chain: readonly CatalogueModel[]): [CatalogueModel[], CatalogueModel[]] {
    if (this.request.pinned !== null) return [models.filter((model) => this.isAllowed(model)), []];
    const able = (list: readonly CatalogueModel[]) =>
      list.filter((model) => this.isAllowed(model)).filter((model) => this.isAble(model));
    const [candidates, behind] = [able(models), able(chain)];
    if (![...candidates, ...behind].some((model) => this.fits(model))) return [candidates, behind];
    const fitting = (list: readonly CatalogueModel[]) => list.filter((model) => this.isFitting(model));
    return [fitting(candidates), fitting(behind)];
  }

  private isAllowed(model: CatalogueModel): boolean {
    const { allow, names, pinned } = this.request;
    if (allow === null || allow.includes(model.id)) return true;
    // Nobody named it: that it exists is not this tenant's business.
    if (names !== null || pinned !== null) this.reject(model.id, null, 'not allowed for this tenant');
    return false;
  }

  private isAble(model: CatalogueModel): boolean {
    const reason = rejectionOf(model, this.request);
    if (reason === null) return true;
    this.reject(model.id, null, reason);
    this.unable ??= reason;
    return false;
  }

  private fits({ contextWindow }: CatalogueModel): boolean {
    return contextWindow === null || contextWindow > this.request.exceededWindow;
  }

  private isFitting(model: CatalogueModel): boolean {
    if (this.fits(model)) return true;
    const reason = `context window of ${model.contextWindow} tokens is smaller than the estimated input`;
    this.reject(model.id, null, reason);
    return false;
  }
}

/** Filters by target; the policy's word on where data may go holds for pinned models as well. */
function targetsOf(model: CatalogueModel, first: number, request: RouteRequest, filter: ModelFilter): RouteTarget[] {
  const { regions, providers, requires } = request;
  const reasonFor = (target: CatalogueTarget): string | null => {
    if (!target.known) return 'unknown provider';
    const unasked = operationRefusal(model, target, requires.operation);
    if (unasked !== null) return (filter.unasked ??= unasked);
    if (target.weight <= 0) return 'weight 0';
    if (providers !== null && !providers.includes(target.provider)) return 'not among the providers of the policy';
    if (regions === null) return null;
    if (target.region === null) return 'its region is not known, and the policy names regions';
    return regions.includes(target.region) ? null : `its region ${target.region} is not among those of the policy`;
  };
  const targets: RouteTarget[] = [];
  for (const target of model.targets) {
    const reason = reasonFor(target);
    if (reason !== null) filter.reject(model.id, target.provider, reason);
    else {
      const key = targetKey(target.provider, target.upstreamModel);
      targets.push({ model, target, key, weight: target.weight, index: first + targets.length });
    }
  }
  return targets;
}
