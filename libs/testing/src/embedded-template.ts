import { createHash } from 'node:crypto';
import { constants, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
/** What a migrated database depends on. */
const SOURCES = path.join(ROOT, 'libs/database/src');
const PACKAGES = ['@electric-sql/pglite', '@electric-sql/pglite-pgvector', 'bullmq', 'typeorm'];

let template: Promise<string> | null = null;

/**
 * Puts a migrated, empty database into the data folder of an embedded relay that was never started: half of what its first start costs.
 * It is made once for each state of the sources it depends on, and copied.
 */
export async function seedEmbedded(dataDir: string): Promise<void> {
  template ??= findOrMake();
  await cp(await template, path.join(dataDir, 'pgdata'), { recursive: true, mode: constants.COPYFILE_FICLONE });
}

async function findOrMake(): Promise<string> {
  const folder = path.join(tmpdir(), `relay-test-template-${fingerprint()}`);
  if (existsSync(folder)) return folder;
  const making = await mkdtemp(path.join(tmpdir(), 'relay-test-template-'));
  await migrate(making);
  try {
    renameSync(path.join(making, 'pgdata'), folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // else another worker was quicker
  }
  rmSync(making, { recursive: true, force: true });
  return folder;
}

/** As the relay does at its first start: its own tables, and those of the queue library. */
async function migrate(dataDir: string): Promise<void> {
  const { NestFactory } = await import('@nestjs/core');
  const { ENVIRONMENT, environmentSchema } = await import('@relay/config');
  const { DatabaseModule, QueueModule, RedisModule } = await import('@relay/database');
  class EnvironmentModule {}
  class StoresModule {}
  const environment = { provide: ENVIRONMENT, useValue: environmentSchema.parse({ RELAY_DATA_DIR: dataDir }) };
  const surroundings = { module: EnvironmentModule, global: true, providers: [environment], exports: [ENVIRONMENT] };
  const stores = { module: StoresModule, imports: [surroundings, DatabaseModule, RedisModule, QueueModule] };
  const app = await NestFactory.createApplicationContext(stores, { logger: false, abortOnError: false });
  await app.close();
}

/** Of the sources that a migrated database depends on. */
export function fingerprint(): string {
  const hash = createHash('sha256');
  for (const entry of readdirSync(SOURCES, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) hash.update(entry.name).update(readFileSync(path.join(entry.parentPath, entry.name)));
  }
  for (const name of PACKAGES) hash.update(readFileSync(path.join(ROOT, 'node_modules', name, 'package.json')));
  return hash.digest('hex').slice(0, 16);
}
