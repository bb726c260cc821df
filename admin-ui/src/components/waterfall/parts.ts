/** What the time of a request went into. */
export type Part = 'relay' | 'cache' | 'wait' | 'queue' | 'upstream' | 'stream' | 'failed' | 'guard';

export const PART_COLORS = {
  relay: 'var(--stage-relay)',
  cache: 'var(--stage-cache)',
  wait: 'var(--stage-wait)',
  queue: 'var(--stage-queue)',
  upstream: 'var(--stage-upstream)',
  stream: 'var(--stage-stream)',
  failed: 'var(--stage-failed)',
  guard: 'var(--stage-guard)',
} as const satisfies Record<Part, string>;
