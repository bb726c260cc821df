import type { RelayConfig } from '@relay/config';
import { blendedPrice, catalogueOfModels, type ModelCatalogue } from './domain/catalogue';

/** What plans need to know of the configured models. */
export function catalogueOf(config: Pick<RelayConfig, 'models' | 'providers'>): ModelCatalogue {
  const providers = new Set(config.providers.map((provider) => provider.id));
  return catalogueOfModels(
    config.models.map((model) => ({
      id: model.id,
      tier: model.tier,
      contextWindow: model.contextWindow ?? null,
      blendedUsdPerMTok: model.price ? blendedPrice(model.price.inputPerMTok, model.price.outputPerMTok) : null,
      generalCapability: model.capabilities['general'] ?? null,
      targets: model.targets.map(({ provider, model: upstreamModel, weight }) => ({
        provider,
        upstreamModel,
        weight,
        known: providers.has(provider),
      })),
    })),
  );
}
