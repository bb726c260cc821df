import { type ModelConfig, priceInForce, type RelayConfig, servableBy, type TargetConfig } from '@relay/config';
import type { Operation } from '@relay/contracts';
import { catalogueOfModels, type CatalogueTarget, type ModelCatalogue } from './domain/catalogue';

type Configured = Pick<RelayConfig, 'models' | 'providers' | 'server' | 'catalogued'>;

const NOTHING: ReadonlySet<Operation> = new Set();

/** What plans need to know of the configured models. */
export function catalogueOf(config: Configured): ModelCatalogue {
  return catalogueOfModels(
    config.models.map((model) => ({
      id: model.id,
      version: model.version,
      tier: model.tier,
      contextWindow: model.contextWindow ?? null,
      capabilities: new Map(Object.entries(model.capabilities)),
      supports: model.supports,
      operations: model.operations === undefined ? null : new Set(model.operations),
      targets: model.targets.map((target) => targetOf(config, model, target)),
    })),
  );
}

function targetOf(config: Configured, model: ModelConfig, target: TargetConfig): CatalogueTarget {
  const { providers, server } = config;
  const { provider, model: upstreamModel, weight } = target;
  const configured = providers.find(({ id }) => id === provider);
  const region = configured?.region ?? null;
  const near = region === null || server.region === undefined ? null : region === server.region;
  const operations = configured === undefined ? NOTHING : servableBy(configured);
  const price = priceInForce(config, model, target)?.price ?? null;
  return { provider, upstreamModel, weight, known: configured !== undefined, region, near, operations, price };
}
