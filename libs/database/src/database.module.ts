import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ENVIRONMENT, type Environment } from '@relay/config';
import type { DataSourceOptions } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions';
import type { EmbeddedPostgres } from './pglite/embedded-postgres';
import { EMBEDDED_POSTGRES, takeEmbeddedPostgres } from './pglite/embedded-postgres.provider';
import { openDataSource } from './postgres/data-source.factory';
import { dataSourceOptions } from './postgres/data-source.options';
import { DatabaseHealth } from './postgres/database.health';

/** Shared with the queues, which live in the same database when there is no Redis. */
@Global()
@Module({
  providers: [{ provide: EMBEDDED_POSTGRES, inject: [ENVIRONMENT], useFactory: takeEmbeddedPostgres }],
  exports: [EMBEDDED_POSTGRES],
})
export class EmbeddedPostgresModule {}

/**
 * TypeORM's data source, migrated: on the server of DATABASE_URL, or on the embedded database under RELAY_DATA_DIR.
 * Entities come from `TypeOrmModule.forFeature` of the libraries that own them. It closes in `onApplicationShutdown`, so
 * whatever must still be written is written in `beforeApplicationShutdown` or earlier.
 */
@Global()
@Module({
  imports: [
    EmbeddedPostgresModule,
    TypeOrmModule.forRootAsync({
      inject: [ENVIRONMENT, EMBEDDED_POSTGRES],
      useFactory: (environment: Environment, embedded: EmbeddedPostgres | null) => ({
        ...dataSourceOptions(environment, embedded),
        autoLoadEntities: true,
        retryAttempts: 0, // openDataSource waits for the server itself and says what is wrong
      }),
      dataSourceFactory: (options?: DataSourceOptions) => openDataSource(options as PostgresDataSourceOptions),
    }),
  ],
  providers: [DatabaseHealth],
  exports: [DatabaseHealth, TypeOrmModule],
})
export class DatabaseModule {}
