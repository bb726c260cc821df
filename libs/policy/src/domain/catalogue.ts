import type { Operation } from '@relay/contracts';

export type ModelTier = 'basic' | 'standard' | 'advanced';

export interface CatalogueTarget {
  readonly provider: string;
  readonly upstreamModel: string;
  readonly weight: number;
  readonly known: boolean; // the provider is configured
  readonly region: string | null;
  /** Whether it is in the relay's own region; `null` where one of the two is not known. */
  readonly near: boolean | null;
  /** What its provider can be asked for. */
  readonly operations: ReadonlySet<Operation>;
  readonly price: { readonly inputPerMTok: number; readonly outputPerMTok: number } | null; // USD; null: not known
}

/** What a model can do at all; what nobody said is assumed. */
export interface ModelSupport {
  readonly tools: boolean;
  readonly images: boolean;
  readonly jsonSchema: boolean;
}

export interface CatalogueModel {
  readonly id: string;
  readonly version?: string | undefined; // of what answers behind the name
  readonly tier: ModelTier;
  readonly contextWindow: number | null; // tokens
  /** Expected quality 0..1 by task, `general` for all others, `language:xx` as a factor. */
  readonly capabilities: ReadonlyMap<string, number>;
  readonly supports: ModelSupport;
  /** What it is for; `null` where nobody said: for text, and by its name for whatever its providers understand. */
  readonly operations: ReadonlySet<Operation> | null;
  readonly targets: readonly CatalogueTarget[];
}

/** The models that plans can choose from, in the order of the configuration. */
export interface ModelCatalogue {
  readonly models: readonly CatalogueModel[];
  readonly byId: ReadonlyMap<string, CatalogueModel>;
  /** The distinct context windows, ascending. */
  readonly windows: readonly number[];
  readonly providers: ReadonlySet<string>;
  readonly regions: ReadonlySet<string>;
}

export function catalogueOfModels(models: readonly CatalogueModel[]): ModelCatalogue {
  const targets = models.flatMap((model) => model.targets);
  const windows = new Set(models.flatMap((model) => (model.contextWindow === null ? [] : [model.contextWindow])));
  return {
    models,
    byId: new Map(models.map((model) => [model.id, model])),
    windows: [...windows].sort((a, b) => a - b),
    providers: new Set(targets.map((target) => target.provider)),
    regions: new Set(targets.flatMap((target) => (target.region === null ? [] : [target.region]))),
  };
}
