import { join } from 'node:path';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigStore, ENVIRONMENT, environmentSchema, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { CLOCK, systemClock } from '@relay/core';
import { DatabaseModule } from '@relay/database';
import { TraceModule } from '@relay/trace';

/** The trace library as a relay has it; without a database's URL on the embedded one. */
export function openTraceLibrary(databaseUrl: string | undefined, directory: string): Promise<INestApplicationContext> {
  const environment = environmentSchema.parse({
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    RELAY_DATA_DIR: join(directory, 'traces'),
  });
  const { policy: _, ...config } = relayConfigSchema.parse({});
  const policy = policyDocumentSchema.parse({ name: 'bench', version: 1 });
  const providers = [
    { provide: ENVIRONMENT, useValue: environment },
    { provide: ConfigStore, useValue: new ConfigStore({ ...config, policy }, 'bench') },
    { provide: CLOCK, useValue: systemClock },
  ];

  @Module({})
  class Surroundings {}
  @Module({})
  class Root {}
  const surroundings = {
    ...{ module: Surroundings, global: true, imports: [DatabaseModule], providers },
    exports: [ENVIRONMENT, ConfigStore, CLOCK],
  };
  return NestFactory.createApplicationContext(
    { module: Root, imports: [surroundings, TraceModule] },
    { logger: ['error', 'warn'], abortOnError: false },
  );
}
