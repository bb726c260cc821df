import type { EmbedderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { builtinEmbedder } from './builtin/builtin.embedder';
import type { Embedder } from './embedder.port';
import { onnxEmbedder, type OnnxPlaces } from './onnx/onnx.embedder';
import { OpenaiEmbedder } from './remote/openai.embedder';

/** The embedder that is configured. It does nothing before its first text or `keepReady`. */
export function createEmbedder(config: EmbedderConfig, places: OnnxPlaces, clock: Clock): Embedder {
  switch (config.kind) {
    case 'builtin':
      return builtinEmbedder(clock);
    case 'openai':
      return new OpenaiEmbedder(config, clock);
    case 'onnx':
      return onnxEmbedder(config, places, clock);
  }
}
