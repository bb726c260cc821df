import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where a model may be in its folder, as sentence-transformers and transformers.js lay it out; the first that is there is used. */
export const MODEL_FILES = ['model.onnx', 'onnx/model.onnx', 'onnx/model_quantized.onnx'] as const;
export const TOKENIZER_FILE = 'tokenizer.json';
/** Say how long a text may be; a model does without them. */
export const CONFIG_FILES = ['tokenizer_config.json', 'config.json'] as const;

export interface ModelFiles {
  readonly folder: string;
  readonly model: string; // relative to the folder
}

/** `null` unless the folder has all that is needed. */
export function findModelFiles(folder: string): ModelFiles | null {
  const model = MODEL_FILES.find((name) => existsSync(path.join(folder, name)));
  return model !== undefined && existsSync(path.join(folder, TOKENIZER_FILE)) ? { folder, model } : null;
}
