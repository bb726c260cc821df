import path from 'node:path';
import type { ConfigProblem, EmbedderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import type { Embedder } from '../embedder.port';
import { ThreadEmbedder } from '../thread/thread-embedder';
import type { ThreadModel } from '../thread/thread-protocol';
import { fetchModel, HUB_NAME } from './hub';
import { findModelFiles, MODEL_FILES, type ModelFiles, TOKENIZER_FILE } from './model-files';
import { findRuntime } from './optional-packages';

type OnnxConfig = Extract<EmbedderConfig, { kind: 'onnx' }>;

const NEEDED = `${MODEL_FILES[0]} and ${TOKENIZER_FILE}`;

export interface OnnxPlaces {
  /** Folders of models are relative to it. */
  readonly baseDir: string;
  /** Models of a hub are kept in `models/` of it. */
  readonly dataDir: string;
}

/** A sentence-transformers model in a thread. Its id has a hash of its files, and is known when it was loaded. */
export function onnxEmbedder(config: OnnxConfig, places: OnnxPlaces, clock: Clock): Embedder {
  return new ThreadEmbedder(clock, null, (signal) => threadModel(config, places, signal));
}

/** What is missing, without touching the network. */
export function onnxProblem(
  config: OnnxConfig,
  places: OnnxPlaces,
  found = findRuntime(),
): Omit<ConfigProblem, 'file'> | null {
  if ('missing' in found)
    return { path: 'embedder.kind', found: `onnx without ${found.missing}`, allowed: `after: ${found.command}` };
  if (findHere(config, places) || (config.hub !== undefined && HUB_NAME.test(config.model))) return null;
  const allowed = `a folder with ${NEEDED}, or the name of a model and, in embedder.hub, where to fetch it from`;
  return { path: 'embedder.model', found: config.model, allowed };
}

async function threadModel(config: OnnxConfig, places: OnnxPlaces, signal: AbortSignal): Promise<ThreadModel> {
  const found = findRuntime();
  if ('missing' in found) throw new Error(`${found.missing} is missing: ${found.command}`);
  const files = findHere(config, places) ?? (await fetched(config, places, signal));
  const { pooling, maxTokens } = config;
  return { kind: 'onnx', runtime: found.runtime, name: path.basename(config.model), files, pooling, maxTokens };
}

/** As a folder, or as fetched before. */
function findHere({ model }: OnnxConfig, { baseDir, dataDir }: OnnxPlaces): ModelFiles | null {
  return findModelFiles(path.resolve(baseDir, model)) ?? findModelFiles(path.resolve(dataDir, 'models', model));
}

async function fetched({ hub, model }: OnnxConfig, { dataDir }: OnnxPlaces, signal: AbortSignal): Promise<ModelFiles> {
  if (hub === undefined || !HUB_NAME.test(model)) throw new Error(`${model} is no folder with ${NEEDED}`);
  const folder = path.resolve(dataDir, 'models', model);
  await fetchModel(hub, model, folder, signal);
  const files = findModelFiles(folder);
  if (!files) throw new Error(`${folder} has not got ${NEEDED}`);
  return files;
}
