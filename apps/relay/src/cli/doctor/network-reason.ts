import { reasonOf } from '../terminal';

/** Why `fetch` failed: it wraps what the network said. */
export const networkReason = (error: unknown): string =>
  reasonOf((error as { cause?: unknown } | null)?.cause ?? error);
