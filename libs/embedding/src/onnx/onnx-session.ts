import type { OnnxRuntime } from './optional-packages';

/** What is used of onnxruntime-node and onnxruntime-web, which are alike, and which the relay is built without. */
interface Runtime {
  readonly Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => unknown;
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<RuntimeSession>;
  };
  readonly env: { readonly wasm: { numThreads?: number } };
}

interface RuntimeSession {
  readonly inputNames: readonly string[];
  run(feeds: Readonly<Record<string, unknown>>): Promise<OnnxOutputs>;
}

export interface OnnxOutput {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

export type OnnxOutputs = Readonly<Record<string, OnnxOutput>>;

export interface OnnxSession {
  /** All outputs by name, for texts of token ids, a row a text. */
  run(texts: readonly (readonly number[])[], padId: number): Promise<OnnxOutputs>;
}

/** One thread each: the requests of the relay come first. */
const OPTIONS = {
  'onnxruntime-node': { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 },
  'onnxruntime-web': { executionProviders: ['wasm'] },
} satisfies Record<OnnxRuntime, Readonly<Record<string, unknown>>>;

/** Throws if the model is no ONNX model, or wants inputs that texts do not have. */
export async function openSession(name: OnnxRuntime, model: Uint8Array): Promise<OnnxSession> {
  const runtime = (await import(name)) as Runtime;
  if (name === 'onnxruntime-web') runtime.env.wasm.numThreads = 1;
  const session = await runtime.InferenceSession.create(model, OPTIONS[name]);
  const unknown = session.inputNames.filter((input) => !(input in INPUTS));
  if (unknown.length > 0) throw new Error(`the model wants ${unknown.join(', ')}, which a text has not got`);
  return { run: (texts, padId) => session.run(feeds(runtime, session.inputNames, texts, padId)) };
}

/** The value of a token, or (`id` undefined) of what fills up a row. */
const INPUTS: Readonly<Record<string, (id: number | undefined, padId: number) => number>> = {
  input_ids: (id, padId) => id ?? padId,
  attention_mask: (id) => (id === undefined ? 0 : 1),
  token_type_ids: () => 0,
};

function feeds(
  runtime: Runtime,
  names: readonly string[],
  texts: readonly (readonly number[])[],
  padId: number,
): Record<string, unknown> {
  const columns = Math.max(...texts.map(({ length }) => length));
  const tensor = (name: string): unknown => {
    const data = new BigInt64Array(texts.length * columns);
    for (let at = 0; at < data.length; at++) {
      const id = texts[Math.floor(at / columns)]?.[at % columns];
      data[at] = BigInt(INPUTS[name]?.(id, padId) ?? 0);
    }
    return new runtime.Tensor('int64', data, [texts.length, columns]);
  };
  return Object.fromEntries(names.map((name) => [name, tensor(name)]));
}
