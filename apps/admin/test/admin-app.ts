import { databaseTemplate } from '@relay/testing';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type NewUser, UserService } from '@relay/auth';
import {
  CONFIG_RELOADER,
  ConfigStore,
  ENVIRONMENT,
  environmentSchema,
  type RelayConfig,
  relayConfigSchema,
} from '@relay/config';
import { type LoginReply, policyDocumentSchema } from '@relay/contracts';
import { CLOCK, systemClock } from '@relay/core';
import { DatabaseModule, QueueModule, RedisModule } from '@relay/database';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { AdminModule } from '../src/admin.module';
import { boundBodies } from '../src/http/bounded-body';

export const JWT_SECRET = 'a secret of the tests, long enough for HS256';
export const PASSWORD = 'correct horse battery staple';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; tests say what they expect of it. */
  readonly body: Record<string, unknown>;
}

export interface Call {
  readonly token?: string;
  readonly cookie?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface AdminApp {
  readonly app: NestFastifyApplication;
  call(method: string, path: string, call?: Call): Promise<Reply>;
  /** A new user's access token. */
  tokenOf(role: NewUser['role'], tenant?: string): Promise<string>;
  close(): Promise<void>;
}

/** Lines that the next reload finds wrong. */
export const reloadProblems: string[] = [];

const config: RelayConfig = {
  ...relayConfigSchema.parse({
    providers: [{ id: 'sim', kind: 'simulator' }],
    models: [{ id: 'small', targets: [{ provider: 'sim', model: 'sim-small' }] }],
    tenants: [{ id: 'alpha', keys: [{ name: 'ci', value: 'alpha-configured-key' }] }],
  }),
  policy: policyDocumentSchema.parse({ name: 'test', version: 1 }),
};

@Module({})
class PlatformModule {}

function platform(databaseUrl: string, dataDir: string, more: Record<string, string>): DynamicModule {
  const environment = environmentSchema.parse({
    DATABASE_URL: databaseUrl,
    RELAY_DATA_DIR: dataDir,
    RELAY_JWT_SECRET: JWT_SECRET,
    ...more,
  });
  const providers = [
    { provide: ENVIRONMENT, useValue: environment },
    { provide: ConfigStore, useValue: new ConfigStore(config, 'relay.yaml') },
    { provide: CLOCK, useValue: systemClock },
    { provide: CONFIG_RELOADER, useValue: { reload: () => Promise.resolve(reloadProblems) } },
  ];
  const imports = [DatabaseModule, RedisModule, QueueModule];
  return { module: PlatformModule, global: true, imports, providers, exports: providers.map(({ provide }) => provide) };
}

/** The control plane on a real port, over a fresh database on the server of `adminUrl`; `environment` beside what every test has. */
export async function startAdmin(adminUrl: string, environment: Record<string, string> = {}): Promise<AdminApp> {
  const database = `relay_admin_${process.pid}_${randomUUID().slice(0, 8)}`;
  await run(adminUrl, `create database ${database} template ${await databaseTemplate(adminUrl)}`);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'relay-admin-'));
  const databaseUrl = new URL(adminUrl);
  databaseUrl.pathname = `/${database}`;
  const root: DynamicModule = {
    module: class TestRoot {},
    imports: [platform(databaseUrl.href, dataDir, environment), AdminModule],
  };
  const options = { logger: false, abortOnError: false } as const;
  const adapter = new FastifyAdapter();
  boundBodies(adapter);
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, options);
  await app.listen(0, '127.0.0.1');
  const call = caller(await app.getUrl());
  const close = async (): Promise<void> => {
    await app.close();
    await run(adminUrl, `drop database ${database} with (force)`);
    rmSync(dataDir, { recursive: true });
  };
  return { app, call, close, tokenOf: (role, tenant) => newToken(app, call, role, tenant ?? null) };
}

function caller(base: string): AdminApp['call'] {
  return async (method, target, { token, cookie, body, headers } = {}) => {
    const response = await fetch(base + target, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(cookie !== undefined && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = /^application\/json(;|$)/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? (JSON.parse(text) as Reply['body']) : {},
    };
  };
}

async function newToken(
  app: NestFastifyApplication,
  call: AdminApp['call'],
  role: NewUser['role'],
  tenant: string | null,
): Promise<string> {
  const email = `${role}-${randomUUID()}@example.org`;
  await app.get(UserService, { strict: false }).create({ email, password: PASSWORD, role, tenant });
  const { body } = await call('POST', '/api/auth/login', { body: { email, password: PASSWORD } });
  return (body as unknown as LoginReply).accessToken;
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
