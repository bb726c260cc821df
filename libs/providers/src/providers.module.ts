import { Module } from '@nestjs/common';
import { TargetMonitor } from './live/target-monitor.service';
import { Prices } from './prices/prices.service';
import { ProviderRegistry } from './provider-registry.service';

/** Needs `ConfigStore` and `CLOCK` from a global module. */
@Module({ providers: [ProviderRegistry, TargetMonitor, Prices], exports: [ProviderRegistry, TargetMonitor, Prices] })
export class ProvidersModule {}
