export type ModelTier = 'basic' | 'standard' | 'advanced';

// What the chat endpoint does not serve, by the words in a model's name.
const NOT_CHAT =
  /embed|whisper|tts|dall-e|image|moderation|audio|realtime|transcribe|davinci|babbage|sora|guard|search|instruct$|codex|rerank|ocr|speech|orpheus|clip/i;

// Relay model ids: see idSchema of the configuration.
const USABLE_ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;

export function isChatModel(name: string): boolean {
  return USABLE_ID.test(name) && !NOT_CHAT.test(name);
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
