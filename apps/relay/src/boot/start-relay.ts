import { mkdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import 'reflect-metadata';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { bootstrapIdentity } from '@relay/auth';
import { ConfigInvalidError, LiveEnvironment, VaultSecrets, type Environment } from '@relay/config';
import { checkEncryptionKey, warmUpDatabase } from '@relay/database';
import { newTraceId, systemClock } from '@relay/core';
import { PublishedPolicy } from '@relay/policy';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { boundBodies } from '../../../admin/src/http/bounded-body';
import { forgetTypeOfEmptyBody } from '../../../admin/src/http/empty-body';
import { setupDocs } from '../../../admin/src/openapi';
import { DATA_PLANE_PREFIX, DataPlaneServer } from '../../../gateway/src/http/data-plane.server';
import { serveConsole } from '../http/console-assets';
import { Readiness } from '../http/readiness';
import { RelayModule } from '../relay.module';
import { banner } from './banner';
import { ConfigSource, configFileOf } from './config-source';
import { FrontDoor } from './front-door';
import { ServerCertificate } from './server-certificate';
import { createPino, PinoLogger } from './pino-logger';
import { shutDown } from './shutdown';

/** Flushing traces and closing queues and stores, in ms. */
const CLOSE_TIMEOUT_MS = 20_000;

export interface RunningRelay {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly logger: Logger;
  /** An orderly stop takes no longer than this, in ms. */
  readonly stopTimeoutMs: number;
  stop(): Promise<void>;
}

/** As the front door bounds it: no part of a path is longer. */
const MAX_HEAD_BYTES = 16_384;

/** Starts the roles of this process. Throws `ConfigInvalidError` with every problem, or what a store said. */
export async function startRelay(env: NodeJS.ProcessEnv): Promise<RunningRelay> {
  const vault = new VaultSecrets(systemClock);
  const opened = await LiveEnvironment.open(env, { vault, configFile: configFileOf(env) });
  if (!opened.ok) throw new ConfigInvalidError(opened.error);
  const { environment } = opened.value;
  mkdirSync(environment.RELAY_DATA_DIR, { recursive: true, mode: 0o700 }); // secrets, traces and prompts lie in it
  warmUpDatabase(environment); // its thread works while the rest is put together
  const logger = createPino(environment.RELAY_LOG_LEVEL);
  const source = ConfigSource.of(environment, env, { vault, environment: opened.value });
  const config = await source.open();

  const tls = config.current.server.tls ?? null;
  const certificate = new ServerCertificate(config, tls);
  const front = new FrontDoor(tls);
  const adapter = new FastifyAdapter({
    logger: false,
    trustProxy: config.current.server.trustProxy,
    genReqId: () => newTraceId(Date.now()),
    routerOptions: { maxParamLength: MAX_HEAD_BYTES }, // whoever takes it says in our words what is wrong with it
    serverFactory: (framework: RequestListener) => front.createServer(framework),
    clientErrorHandler: front.refuseBroken,
  });
  adapter.getInstance().addHook('onRequest', forgetTypeOfEmptyBody);
  boundBodies(adapter);
  const app = await NestFactory.create<NestFastifyApplication>(
    RelayModule.of({ environment, config, reloader: source }),
    adapter,
    { logger: new PinoLogger(logger), abortOnError: false },
  );
  const wrongKey = await checkEncryptionKey(app.get(DataSource), environment);
  if (wrongKey) {
    await app.close();
    throw new ConfigInvalidError([wrongKey]);
  }
  certificate.of(app.getHttpServer());
  const address = await listen(app, front, environment);
  const url = tls ? address.replace(/^http:/, 'https:') : address;
  const identity = environment.RELAY_ROLES.includes('admin') ? await bootstrapIdentity(app) : null;
  const published = app.get(PublishedPolicy, { strict: false });
  const standing = (): string | null => published.standing; // whether it is in force instead of the file's
  const stopWatching = source.watch(
    { log: (message) => logger.info(message), error: (message) => logger.error(message) },
    standing,
  );
  app.get(Readiness).started();
  const configFile = source.exists ? config.source : null;
  process.stdout.write(
    banner({
      url,
      environment,
      identity,
      configFile,
      standing: standing(),
      notes: source.notes,
      readyMs: performance.now(),
    }),
  );
  const stop = async (): Promise<void> => {
    stopWatching();
    await shutDown(app, front, { roles: environment.RELAY_ROLES, timeoutMs: config.current.server.shutdownTimeoutMs });
  };
  const stopTimeoutMs = config.current.server.shutdownTimeoutMs + CLOSE_TIMEOUT_MS;
  return { app, url, logger, stopTimeoutMs, stop };
}

async function listen(app: NestFastifyApplication, front: FrontDoor, environment: Environment): Promise<string> {
  const fastify = app.get(HttpAdapterHost).httpAdapter.getInstance<FastifyInstance>();
  if (environment.RELAY_ROLES.includes('admin')) {
    setupDocs(app);
    await serveConsole(fastify);
  }
  await app.init();
  if (environment.RELAY_ROLES.includes('gateway')) {
    front.serve(DATA_PLANE_PREFIX, await app.get(DataPlaneServer, { strict: false }).listener());
  }
  await app.listen({ port: environment.PORT, host: environment.HOST });
  return app.getUrl();
}
