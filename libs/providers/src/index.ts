export { publicBaseUrl } from './adapters/public-base-url';
export { UPSTREAM_FACTORIES } from './adapters/upstream-factories';
export {
  type BatchApi,
  BatchApiRefusal,
  type BatchProtocol,
  type Bundle,
  changedNothing,
  type HandedResult,
  type ProviderBatchRef,
  type ProviderBatchState,
} from './batch-api/batch-api.port';
export { BatchApis } from './batch-api/batch-apis.service';
export { discoverProviders } from './discovery/discover-providers';
export type { Discovery } from './discovery/discovery.types';
export type { Passthrough } from './domain/upstream-failure';
export { Preheater } from './live/preheater.service';
export {
  type BreakerState,
  isOutOfService,
  type OpenReason,
  type TargetError,
  type TargetFigures,
} from './live/target-figures';
export { TargetMonitor } from './live/target-monitor.service';
export { TargetProbe } from './live/target-probe.service';
export { OverrideBook, type ProviderOverride } from './overrides/override-book';
export { OverrideStore } from './overrides/override-store';
export { ProviderOverrides } from './overrides/provider-overrides.service';
export type {
  KeyFigures,
  UpstreamClient,
  UpstreamCompleted,
  UpstreamFailed,
  UpstreamObserver,
  UpstreamOutcome,
  UpstreamRequest,
} from './ports/upstream-client.port';
export { type Catalogued, cataloguedPrices } from './prices/catalogued-prices';
export { genaiPrices } from './prices/genai-prices.catalogue';
export { Prices } from './prices/prices.service';
export { ProviderRegistry } from './provider-registry.service';
export { ProvidersModule } from './providers.module';
