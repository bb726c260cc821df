export type ModelTier = 'basic' | 'standard' | 'advanced';

export interface CatalogueTarget {
  readonly provider: string;
  readonly upstreamModel: string;
  readonly weight: number;
  readonly known: boolean; // the provider is configured
}

export interface CatalogueModel {
  readonly id: string;
  readonly tier: ModelTier;
  readonly contextWindow: number | null; // tokens
  readonly blendedUsdPerMTok: number | null;
  readonly generalCapability: number | null; // 0..1
  readonly targets: readonly CatalogueTarget[];
}

/** The models that plans can choose from, in the order of the configuration. */
export interface ModelCatalogue {
  readonly models: readonly CatalogueModel[];
  readonly byId: ReadonlyMap<string, CatalogueModel>;
  /** The distinct context windows, ascending. */
  readonly windows: readonly number[];
}

export function catalogueOfModels(models: readonly CatalogueModel[]): ModelCatalogue {
  const windows = new Set(models.flatMap((model) => (model.contextWindow === null ? [] : [model.contextWindow])));
  return {
    models,
    byId: new Map(models.map((model) => [model.id, model])),
    windows: [...windows].sort((a, b) => a - b),
  };
}

const INPUT_SHARE = 0.75; // a blend of three input tokens to one output token, as price comparisons commonly use

/** One price a model, so that prices can be compared before the length of the answer is known. USD per million tokens. */
export function blendedPrice(inputPerMTok: number, outputPerMTok: number): number {
  return INPUT_SHARE * inputPerMTok + (1 - INPUT_SHARE) * outputPerMTok;
}
