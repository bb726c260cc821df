import 'reflect-metadata';
import { AuditLog } from '@relay/auth';
import { ConfigStore, relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { CLOCK, type Clock, type RelayError, type Result } from '@relay/core';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import {
  AUDIT_TRAIL,
  CanaryGuard,
  CanarySumsReader,
  PolicyCanaries,
  PolicyDrafts,
  PolicyModule,
  PolicyReleases,
  PolicyService,
  PolicyVersions,
} from '../src';
import { PublishedPolicy } from '../src/versions/published-policy';

export const ANN = { id: 'u-ann', email: 'ann@example.org' };
export const BOB = { id: 'u-bob', email: 'bob@example.org' };

/** relay.yaml with these models; its policy is default@7. */
export function configWith(models: readonly string[] = ['small', 'large']): RelayConfig {
  return {
    ...relayConfigSchema.parse({
      providers: [{ id: 'p', kind: 'simulator' }],
      models: models.map((id) => ({ id, targets: [{ provider: 'p', model: id }] })),
    }),
    policy: policyDocumentSchema.parse({ name: 'default', version: 7 }),
  };
}

/** A policy whose one rule caps answers at `maxTokens`, with a comment to be kept. */
export const policyText = (maxTokens: number, name = 'default'): string => `# who may do what
name: ${name}
version: 1 # the server's
rules:
  - id: cap
    when: 'true' # everybody
    then: { decoding: { maxTokens: ${maxTokens} } }
`;

/** A policy that sends everything to one model. */
export const routeTo = (model: string): string => `name: default
version: 1
defaults: { route: { candidates: [${model}] } }
`;

export interface VersionsKit {
  readonly app: INestApplicationContext;
  readonly store: ConfigStore;
  readonly audit: AuditLog;
  readonly versions: PolicyVersions;
  readonly drafts: PolicyDrafts;
  readonly releases: PolicyReleases;
  readonly published: PublishedPolicy;
  readonly canaries: PolicyCanaries;
  readonly guard: CanaryGuard;
  readonly policies: PolicyService;
  /** name@version of the policy that requests are planned by. */
  inForce(): string;
}

/** The policy part of one process on a database. */
export async function startVersions(
  dataSource: Pick<DataSource, 'query' | 'transaction'>,
  clock: Clock,
  config = configWith(),
): Promise<VersionsKit> {
  const store = new ConfigStore(config, 'relay.yaml');
  const audit = new AuditLog(dataSource as DataSource, clock);
  const globals = [
    { provide: ConfigStore, useValue: store },
    { provide: CLOCK, useValue: clock },
    { provide: getDataSourceToken(), useValue: dataSource },
  ];
  @Module({})
  class GlobalsModule {}
  @Module({
    imports: [
      { module: GlobalsModule, global: true, providers: globals, exports: globals.map(({ provide }) => provide) },
      PolicyModule,
    ],
    providers: [
      PolicyDrafts,
      PolicyReleases,
      PolicyCanaries,
      CanarySumsReader,
      CanaryGuard,
      { provide: AUDIT_TRAIL, useValue: audit },
    ],
  })
  class ProcessModule {}
  const app = await NestFactory.createApplicationContext(ProcessModule, { logger: false, abortOnError: false });
  return {
    app,
    store,
    audit,
    versions: app.get(PolicyVersions),
    drafts: app.get(PolicyDrafts),
    releases: app.get(PolicyReleases),
    published: app.get(PublishedPolicy),
    canaries: app.get(PolicyCanaries),
    guard: app.get(CanaryGuard),
    policies: app.get(PolicyService),
    inForce: () => app.get(PolicyService).current.label,
  };
}

/** The value of a result that must not be a refusal. */
export async function done<T>(result: Promise<Result<T, RelayError>>): Promise<T> {
  const settled = await result;
  if (settled.ok) return settled.value;
  throw settled.error;
}

/** The refusal of a result that must be one. */
export async function refused(result: Promise<Result<unknown, RelayError>>): Promise<RelayError> {
  const settled = await result;
  if (!settled.ok) return settled.error;
  throw new Error(`was not refused: ${JSON.stringify(settled.value)}`);
}
