import { Module } from '@nestjs/common';
import { TargetMonitor } from './live/target-monitor.service';
import { ProviderRegistry } from './provider-registry.service';

/** Needs `ConfigStore` and `CLOCK` from a global module. */
@Module({ providers: [ProviderRegistry, TargetMonitor], exports: [ProviderRegistry, TargetMonitor] })
export class ProvidersModule {}
