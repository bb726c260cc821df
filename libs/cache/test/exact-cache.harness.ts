import { ConfigStore, environmentSchema, relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import { RedisConnections } from '@relay/database';
import { FakeClock } from '@relay/testing';
import type { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import type { CacheScope } from '../src/domain/exact-key';
import { ExactCache } from '../src/exact-cache.service';
import { Invalidations } from '../src/invalidation/invalidations.service';

export const SCOPE: CacheScope = {
  operation: 'chat',
  owner: 't:acme',
  role: 'inference',
  signature: 's',
  requestedModel: 'm',
  version: '1',
};

export const configWith = (cache: object): RelayConfig => ({
  ...relayConfigSchema.parse({ cache }),
  policy: policyDocumentSchema.parse({ name: 'test', version: 1 }),
});

interface Setup {
  readonly redis?: Redis | null;
  readonly clock?: FakeClock;
  readonly secret?: string;
  readonly store?: ConfigStore;
  readonly marks?: Invalidations;
}

/** Without Redis: what is marked here is known here alone. */
export const localMarks = (clock: FakeClock): Invalidations =>
  new Invalidations(clock, null, new RedisConnections({ REDIS_URL: undefined }));

export function cacheWith(setup: Setup = {}): ExactCache {
  const { redis = null, clock = new FakeClock(Date.now()), secret, store, marks = localMarks(clock) } = setup;
  const environment = environmentSchema.parse({ RELAY_ENCRYPTION_KEY: secret });
  const config = store ?? new ConfigStore(configWith({}), 'relay.yaml');
  return new ExactCache(clock, config, environment, redis, marks);
}

/** A key no other test has. */
export const newKey = (cache: ExactCache): string =>
  cache.key({ ...SCOPE, owner: `t:${randomUUID()}` }, { model: 'm', messages: [{ role: 'user', content: 'q' }] }) ?? '';
