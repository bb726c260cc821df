/** Injection token: the shared ioredis client for commands, or null when REDIS_URL is not set. */
export const REDIS = Symbol('REDIS');
/** Injection token: the ioredis client for limits and budgets, whose answers count however late they are; null as above. */
export const REDIS_OF_COUNTS = Symbol('REDIS_OF_COUNTS');
/** Injection token: the ioredis client for slots and what the processes say to each other about them; null as above. */
export const REDIS_OF_SLOTS = Symbol('REDIS_OF_SLOTS');
