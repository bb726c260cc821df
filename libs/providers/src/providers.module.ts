import { Module } from '@nestjs/common';
import { BatchApis } from './batch-api/batch-apis.service';
import { TargetMonitor } from './live/target-monitor.service';
import { TargetProbe } from './live/target-probe.service';
import { OverrideStore } from './overrides/override-store';
import { ProviderOverrides } from './overrides/provider-overrides.service';
import { Prices } from './prices/prices.service';
import { ProviderRegistry } from './provider-registry.service';

/** Needs `ConfigStore`, `CLOCK` and a TypeORM data source from global modules. */
@Module({
  providers: [ProviderRegistry, TargetMonitor, OverrideStore, ProviderOverrides, TargetProbe, Prices, BatchApis],
  exports: [ProviderRegistry, TargetMonitor, OverrideStore, ProviderOverrides, TargetProbe, Prices, BatchApis],
})
export class ProvidersModule {}
