/** Injection token: the shared ioredis client for commands, or null when REDIS_URL is not set. */
export const REDIS = Symbol('REDIS');
