import { Module } from '@nestjs/common';
import { ProviderRegistry } from './provider-registry.service';

/** Needs `ConfigStore` and `CLOCK` from a global module. */
@Module({ providers: [ProviderRegistry], exports: [ProviderRegistry] })
export class ProvidersModule {}
