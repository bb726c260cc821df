import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigStore, ENVIRONMENT, environmentSchema, relayConfigSchema, type RelayConfigInput } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { CLOCK, type Clock, systemClock } from '@relay/core';
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../src';
import { MIGRATIONS } from '@relay/database';
import { createScratchDatabase } from './scratch-database';

const policy = policyDocumentSchema.parse({ name: 'test', version: 1 });

export function configOf(input: RelayConfigInput): ConstructorParameters<typeof ConfigStore>[0] {
  return { ...relayConfigSchema.parse(input), policy };
}

@Module({})
class SettingsModule {}

function settings(store: ConfigStore, environment: unknown, clock: Clock): DynamicModule {
  const providers = [
    { provide: ConfigStore, useValue: store },
    { provide: ENVIRONMENT, useValue: environment },
    { provide: CLOCK, useValue: clock },
  ];
  return { module: SettingsModule, global: true, providers, exports: providers };
}

export interface AuthContext {
  readonly app: INestApplicationContext;
  readonly store: ConfigStore;
  readonly dataDir: string;
  readonly databaseUrl: string;
  close(): Promise<void>;
}

interface Options {
  readonly config?: RelayConfigInput;
  readonly environment?: Record<string, string>;
  readonly clock?: Clock;
}

/** AuthModule over a fresh database on a real server. */
export async function startAuth(adminUrl: string, options: Options = {}): Promise<AuthContext> {
  const database = await createScratchDatabase(adminUrl);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'relay-auth-'));
  const app = await startAuthOn(database.url, dataDir, options);
  const close = async (): Promise<void> => {
    await app.app.close();
    await database.drop();
    rmSync(dataDir, { recursive: true });
  };
  return { ...app, dataDir, databaseUrl: database.url, close };
}

/** A further process, as it were, on the same database and data folder. */
export async function startAuthOn(
  url: string,
  dataDir: string,
  { config = {}, environment = {}, clock = systemClock }: Options = {},
): Promise<Pick<AuthContext, 'app' | 'store'>> {
  const store = new ConfigStore(configOf(config), 'relay.yaml');
  const parsed = environmentSchema.parse({ RELAY_DATA_DIR: dataDir, DATABASE_URL: url, ...environment });
  const root: DynamicModule = {
    module: class TestRoot {},
    imports: [
      settings(store, parsed, clock),
      TypeOrmModule.forRoot({
        type: 'postgres',
        url,
        autoLoadEntities: true,
        migrations: [...MIGRATIONS],
        migrationsRun: true,
      }),
      AuthModule,
    ],
  };
  return { app: await NestFactory.createApplicationContext(root, { logger: ['error'], abortOnError: false }), store };
}
