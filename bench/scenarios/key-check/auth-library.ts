import { join } from 'node:path';
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule } from '@relay/auth';
import { ConfigStore, ENVIRONMENT, environmentSchema, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { CLOCK, systemClock } from '@relay/core';
import { DatabaseModule } from '@relay/database';

@Module({})
class Surroundings {}
@Module({})
class Root {}

/** The auth library as a relay has it; without a database's URL on the embedded one. */
export function openAuthLibrary(databaseUrl: string | undefined, directory: string): Promise<INestApplicationContext> {
  const environment = environmentSchema.parse({
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    RELAY_DATA_DIR: join(directory, 'keys'),
  });
  const { policy: _, ...config } = relayConfigSchema.parse({});
  const policy = policyDocumentSchema.parse({ name: 'bench', version: 1 });
  const providers = [
    { provide: ENVIRONMENT, useValue: environment },
    { provide: ConfigStore, useValue: new ConfigStore({ ...config, policy }, 'bench') },
    { provide: CLOCK, useValue: systemClock },
  ];
  const surroundings: DynamicModule = {
    ...{ module: Surroundings, global: true, imports: [DatabaseModule], providers },
    exports: [ENVIRONMENT, ConfigStore, CLOCK],
  };
  return NestFactory.createApplicationContext(
    { module: Root, imports: [surroundings, AuthModule] },
    { logger: ['error', 'warn'], abortOnError: false },
  );
}
