import 'reflect-metadata';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { bootstrapIdentity } from '@relay/auth';
import { ConfigInvalidError, loadEnvironment, type Environment } from '@relay/config';
import { warmUpDatabase } from '@relay/database';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { setupDocs } from '../../../admin/src/openapi';
import { serveConsole } from '../http/console-assets';
import { Readiness } from '../http/readiness';
import { RelayModule } from '../relay.module';
import { banner } from './banner';
import { ConfigSource } from './config-source';
import { createPino, PinoLogger } from './pino-logger';
import { shutDown } from './shutdown';

/** Node closes a request whose headers take longer, in ms (against clients that send them a byte at a time). */
const HEADERS_TIMEOUT_MS = 30_000;
/** Longer than the idle time of common load balancers (60 s), so that it is they who close. */
const KEEP_ALIVE_MS = 75_000;

export interface RunningRelay {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly logger: Logger;
  stop(): Promise<void>;
}

/** Starts the roles of this process. Throws `ConfigInvalidError` with every problem, or what a store said. */
export async function startRelay(env: NodeJS.ProcessEnv): Promise<RunningRelay> {
  const parsed = loadEnvironment(env);
  if (!parsed.ok) throw new ConfigInvalidError(parsed.error);
  const environment = parsed.value;
  warmUpDatabase(environment); // its thread works while the rest is put together
  const logger = createPino(environment.RELAY_LOG_LEVEL);
  const source = ConfigSource.of(environment, env);
  const config = await source.open();

  const adapter = new FastifyAdapter({
    logger: false,
    trustProxy: false,
    bodyLimit: config.current.server.bodyLimitBytes,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    RelayModule.of({ environment, config, reloader: source }),
    adapter,
    { logger: new PinoLogger(logger), abortOnError: false },
  );
  const url = await listen(app, environment);
  const identity = environment.RELAY_ROLES.includes('admin') ? await bootstrapIdentity(app) : null;
  const stopWatching = source.watch({
    log: (message) => logger.info(message),
    error: (message) => logger.error(message),
  });
  app.get(Readiness).started();
  const configFile = source.exists ? config.source : null;
  process.stdout.write(
    banner({ url, environment, identity, configFile, notes: source.notes, readyMs: performance.now() }),
  );
  const stop = async (): Promise<void> => {
    stopWatching();
    await shutDown(app, { roles: environment.RELAY_ROLES, timeoutMs: config.current.server.shutdownTimeoutMs });
  };
  return { app, url, logger, stop };
}

async function listen(app: NestFastifyApplication, environment: Environment): Promise<string> {
  const fastify = app.get(HttpAdapterHost).httpAdapter.getInstance<FastifyInstance>();
  if (environment.RELAY_ROLES.includes('admin')) {
    setupDocs(app);
    await serveConsole(fastify);
  }
  await app.init();
  await app.listen({ port: environment.PORT, host: environment.HOST });
  fastify.server.headersTimeout = HEADERS_TIMEOUT_MS;
  fastify.server.keepAliveTimeout = KEEP_ALIVE_MS;
  return app.getUrl();
}
