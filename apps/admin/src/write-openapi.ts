import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CONFIG_RELOADER, ConfigStore, ENVIRONMENT } from '@relay/config';
import { CLOCK } from '@relay/core';
import { DatabaseModule, QueueModule, RedisModule } from '@relay/database';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AdminModule } from './admin.module';
import { createOpenApi } from './openapi';

const TARGET = path.resolve(__dirname, '../../../../openapi.json'); // from dist/apps/admin/src to the root of the repository

/** Names for what a running relay provides to all modules. */
const PLACEHOLDERS = [CONFIG_RELOADER, ConfigStore, ENVIRONMENT, CLOCK].map((provide) => ({ provide, useValue: null }));

@Global()
@Module({
  imports: [DatabaseModule, RedisModule, QueueModule],
  providers: PLACEHOLDERS,
  exports: PLACEHOLDERS.map(({ provide }) => provide),
})
class PlatformOutline {}

@Module({ imports: [PlatformOutline, AdminModule] })
class RelayOutline {}

/** With `--check` it only compares. In preview mode nothing is instantiated, so no database, file or secret is touched. */
async function main(): Promise<void> {
  const app = await NestFactory.create(RelayOutline, new FastifyAdapter(), { preview: true, logger: ['error'] });
  const text = `${JSON.stringify(createOpenApi(app), null, 2)}\n`;
  if (!process.argv.includes('--check')) return writeFileSync(TARGET, text);
  if (readFileSync(TARGET, 'utf8') === text) return;
  process.stderr.write('openapi.json is out of date; run: npm run generate\n');
  process.exitCode = 1;
}

void main();
