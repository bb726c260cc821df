/**
 * For every connection to a PostgreSQL server. A peer that vanished without a word is noticed only when probes go
 * unanswered, and left to itself the kernel sends the first after 2 h (tcp(7), tcp_keepalive_time).
 */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;
