import type { Clock } from '@relay/core';
import type { Embedder } from '../embedder.port';
import { ThreadEmbedder } from '../thread/thread-embedder';
import { BUILTIN_ID } from './builtin-id';

/** English, 512 dimensions, offline. Starts its thread with the first text. */
export function builtinEmbedder(clock: Clock): Embedder {
  return new ThreadEmbedder(clock, BUILTIN_ID, () => Promise.resolve({ kind: 'builtin' }));
}
