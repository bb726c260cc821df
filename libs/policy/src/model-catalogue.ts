import { servableBy, type RelayConfig } from '@relay/config';
import type { Operation } from '@relay/contracts';
import { catalogueOfModels, type CatalogueTarget, type ModelCatalogue } from './domain/catalogue';

type Configured = Pick<RelayConfig, 'models' | 'providers' | 'server'>;

const NOTHING: ReadonlySet<Operation> = new Set();

/** What plans need to know of the configured models. */
export function catalogueOf(config: Configured): ModelCatalogue {
  return catalogueOfModels(
    config.models.map((model) => ({
      id: model.id,
      version: model.version,
      tier: model.tier,
      contextWindow: model.contextWindow ?? null,
      price: model.price ?? null,
      capabilities: new Map(Object.entries(model.capabilities)),
      supports: model.supports,
      operations: model.operations === undefined ? null : new Set(model.operations),
      targets: model.targets.map((target) => targetOf(config, target)),
    })),
  );
}

function targetOf(
  { providers, server }: Configured,
  { provider, model, weight }: Configured['models'][number]['targets'][number],
): CatalogueTarget {
  const configured = providers.find(({ id }) => id === provider);
  const region = configured?.region ?? null;
  const near = region === null || server.region === undefined ? null : region === server.region;
  const operations = configured === undefined ? NOTHING : servableBy(configured);
  return { provider, upstreamModel: model, weight, known: configured !== undefined, region, near, operations };
}
