import type { EmbedderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { builtinEmbedder } from './builtin/builtin.embedder';
import type { Embedder } from './embedder.port';

/** The embedder that is configured. It does nothing before its first text. */
export function createEmbedder(config: EmbedderConfig, clock: Clock): Embedder {
  switch (config.kind) {
    case 'builtin':
      return builtinEmbedder(clock);
    default:
      throw new Error(`${config.kind}: not there yet`);
  }
}
