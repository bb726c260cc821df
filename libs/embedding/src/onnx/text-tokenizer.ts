import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CONFIG_FILES, TOKENIZER_FILE } from './model-files';
import { TOKENIZERS } from './optional-packages';

/** What is used of @huggingface/tokenizers, which the relay is built without. */
interface TokenizersPackage {
  readonly Tokenizer: new (
    tokenizer: object,
    config: object,
  ) => {
    readonly model: { readonly unk_token_id?: number } | null;
    encode(text: string): { readonly ids: number[] };
  };
}

export interface TextTokenizer {
  readonly padId: number;
  /** `null`: longer than the model reads, or with something that its vocabulary lacks, so that other texts look the same. */
  encode(text: string): number[] | null;
  /** The beginning of a text, with the token for unknown words where there are any. */
  encodeGist(text: string): number[] | null;
}

/** No language has tokens of more characters on average; longer texts are not even looked at. */
const MAX_CHARS_PER_TOKEN = 16;

const tokenizerSchema = z.looseObject({ padding: z.object({ pad_id: z.int().nonnegative() }).nullish() });
/** What models say of their own length; transformers writes 1e30 for none. */
const lengthSchema = z.object({
  model_max_length: z.number().positive().optional(),
  max_position_embeddings: z.number().positive().optional(),
});

/** The tokenizer of a model's folder; reads at most `maxTokens`, or as many as the model, if it reads fewer. */
export async function openTokenizer(folder: string, maxTokens: number): Promise<TextTokenizer> {
  const json = tokenizerSchema.parse(await readJson(path.join(folder, TOKENIZER_FILE)));
  const configs = await Promise.all(CONFIG_FILES.map((name) => readJson(path.join(folder, name)).catch(() => ({}))));
  const limit = Math.min(maxTokens, ...configs.flatMap(lengthsIn));
  const { Tokenizer } = (await import(TOKENIZERS)) as TokenizersPackage;
  const maxChars = limit * MAX_CHARS_PER_TOKEN;
  // What padding and truncation it was saved with does not count: rows are filled up here, and nothing is cut.
  const tokenizer = new Tokenizer({ ...json, padding: null, truncation: null }, configs[0] ?? {});
  const unknown = tokenizer.model?.unk_token_id;
  return {
    padId: json.padding?.pad_id ?? 0,
    encode: (text) => {
      if (text.length > maxChars) return null;
      const { ids } = tokenizer.encode(text);
      return ids.length === 0 || ids.length > limit || (unknown !== undefined && ids.includes(unknown)) ? null : ids;
    },
    encodeGist: (text) => {
      const { ids } = tokenizer.encode(text.slice(0, maxChars));
      if (ids.length === 0) return null;
      return ids.length <= limit ? ids : [...ids.slice(0, limit - 1), ...ids.slice(-1)]; // the last one is a mark of the end
    },
  };
}

async function readJson(file: string): Promise<object> {
  return z.looseObject({}).parse(JSON.parse(await readFile(file, 'utf8')));
}

function lengthsIn(config: object): number[] {
  const lengths = lengthSchema.safeParse(config);
  return lengths.success ? Object.values(lengths.data).filter((length) => length !== undefined) : [];
}
