import { Global, Module, type DynamicModule } from '@nestjs/common';
import { CONFIG_RELOADER, ConfigStore, ENVIRONMENT, type ConfigReloader, type Environment } from '@relay/config';
import { CLOCK, systemClock } from '@relay/core';
import { DatabaseModule, QueueModule, RedisModule } from '@relay/database';

export interface Platform {
  readonly environment: Environment;
  readonly config: ConfigStore;
  readonly reloader: ConfigReloader;
}

/** What every library finds without importing it: environment, configuration, clock, stores. */
@Global()
@Module({})
export class PlatformModule {
  static of(platform: Platform): DynamicModule {
    const providers = [
      { provide: ENVIRONMENT, useValue: platform.environment },
      { provide: ConfigStore, useValue: platform.config },
      { provide: CONFIG_RELOADER, useValue: platform.reloader },
      { provide: CLOCK, useValue: systemClock },
    ];
    return {
      module: PlatformModule,
      imports: [DatabaseModule, RedisModule, QueueModule],
      providers,
      exports: providers.map(({ provide }) => provide),
    };
  }
}
