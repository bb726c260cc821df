import type { Redis } from 'ioredis';

/** What all processes of one relay listen to. Channels do not know of databases, keys do: two relays may share a server, each in its own. */
export const channelOfAll = (redis: Redis, namespace: string): string => `${namespace}:bus:${redis.options.db ?? 0}`;
