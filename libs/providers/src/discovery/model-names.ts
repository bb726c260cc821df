import type { Operation } from '@relay/contracts';

export type ModelTier = 'basic' | 'standard' | 'advanced';

/** What models are for that do not chat, by the words in their names: the first that fits. Empty: for what the relay cannot ask them, or not well. */
const BY_NAME: readonly (readonly [RegExp, readonly Operation[]])[] = [
  [/rerank|realtime|sora|guard|search|clip|ocr/i, []],
  [/embed|(?:^|\/)(?:all-minilm|bge-|gte-|e5-)/i, ['embeddings']],
  [/moderation/i, ['moderations']],
  [/dall-e-2/i, ['images.generations', 'images.edits', 'images.variations']],
  [/dall-e/i, ['images.generations']],
  [/gpt-image/i, ['images.generations', 'images.edits']],
  [/whisper.*turbo|distil-whisper|transcribe/i, ['audio.transcriptions']], // these do not translate
  [/whisper/i, ['audio.transcriptions', 'audio.translations']],
  [/tts|speech|orpheus/i, ['audio.speech']],
  [/image|audio|davinci|babbage|turbo-instruct|codex/i, []],
];

// Relay model ids: see idSchema of the configuration.
const USABLE_ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;

/** What a model is for, as far as its name tells and of what can be asked there; null: it chats. Empty: it is left out. */
export function operationsByName(name: string, servable: ReadonlySet<Operation>): readonly Operation[] | null {
  if (!USABLE_ID.test(name)) return [];
  const operations = BY_NAME.find(([words]) => words.test(name))?.[1] ?? null;
  return operations && operations.filter((operation) => servable.has(operation));
}

/** A first guess, for routing until somebody writes it down: by the size in the name, else by family. */
export function guessTier(name: string): ModelTier {
  const billions = Number(/(?:^|[^a-z0-9])(\d+(?:\.\d+)?)b(?![a-z])/i.exec(name)?.[1] ?? Number.NaN);
  if (billions < 14) return 'basic';
  if (billions < 65) return 'standard';
  if (billions >= 65) return 'advanced';
  if (/mini|nano|small|lite|instant|flash|tiny|3\.5/i.test(name)) return 'basic';
  return /^(gpt-5|o\d)|opus|pro|large/i.test(name) ? 'advanced' : 'standard';
}
