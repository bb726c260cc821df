import { createRequire } from 'node:module';

/** What runs the model; the first that is installed is used. The native one is faster, and fetches 150 to 300 MB when it is installed. */
const RUNTIMES = ['onnxruntime-node', 'onnxruntime-web'] as const;
export type OnnxRuntime = (typeof RUNTIMES)[number];

/** Reads every kind of tokenizer.json (WordPiece, Unigram, BPE) in plain JavaScript. */
export const TOKENIZERS = '@huggingface/tokenizers';

const requireHere = createRequire(__filename);

/** The runtime to use, or what the administrator has to install: these packages are too large for those who need none of them. */
export function findRuntime(
  isInstalled = resolves,
): { readonly runtime: OnnxRuntime } | { readonly missing: string; readonly command: string } {
  const runtime = RUNTIMES.find(isInstalled);
  const missing = [...(runtime ? [] : ['onnxruntime-web']), ...(isInstalled(TOKENIZERS) ? [] : [TOKENIZERS])];
  if (runtime && missing.length === 0) return { runtime };
  return { missing: missing.join(' and '), command: `npm install ${missing.join(' ')}` };
}

function resolves(name: string): boolean {
  try {
    requireHere.resolve(name);
    return true;
  } catch {
    return false;
  }
}
