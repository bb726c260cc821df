import type { Vectors } from '../embedder.port';
import type { ModelFiles } from '../onnx/model-files';
import type { OnnxRuntime } from '../onnx/optional-packages';

/** What a thread is to load; it is handed over as `workerData`. */
export type ThreadModel = { readonly kind: 'builtin' } | OnnxModel;

export interface OnnxModel {
  readonly kind: 'onnx';
  readonly runtime: OnnxRuntime;
  readonly name: string;
  readonly files: ModelFiles;
  readonly pooling: Pooling;
  readonly maxTokens: number;
}

/** How a vector is made of those of the tokens: their mean, or the first one, which some models are trained for. */
export type Pooling = 'mean' | 'cls';

/** A model in memory. */
export interface LoadedModel {
  readonly id: string;
  embed(texts: readonly ThreadText[]): Promise<Vectors>;
}

/** `gist`: see `EmbedOptions`. */
export interface ThreadText {
  readonly text: string;
  readonly gist: boolean;
}

/** One batch at a time: the next one is sent when the one before was answered. */
export interface ThreadRequest {
  readonly texts: readonly ThreadText[];
}

export type ThreadReply =
  | { readonly kind: 'ready'; readonly id: string }
  | { readonly kind: 'vectors'; readonly vectors: Vectors }
  | { readonly kind: 'failed'; readonly message: string };
