import type { LanguageModelV3FilePart, LanguageModelV3TextPart, SharedV3ProviderOptions } from '@ai-sdk/provider';
import { err, ok, RelayError, type Result } from '@relay/core';
import { isJsonObject, jsonObjects, type JsonObject } from '@relay/protocols';

type Part = LanguageModelV3TextPart | LanguageModelV3FilePart;

/** `data:image/png;base64,…`; the type may have parameters. */
const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w.+-]+=[^;,]*)*(;base64)?,/i;
const AUDIO_TYPES: Readonly<Record<string, string>> = { mp3: 'audio/mpeg', wav: 'audio/wav' };
const FILE_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  json: 'application/json',
};

/** The text of a content, alone or in parts; other parts have none. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return jsonObjects(content)
    .map(({ text, refusal }) => (typeof text === 'string' ? text : typeof refusal === 'string' ? refusal : ''))
    .join('');
}

/** What a user said and showed; `where` is the content's path, for whoever wrote it wrongly. */
export function partsOf(content: unknown, where: string): Result<Part[], RelayError> {
  if (typeof content === 'string') return ok(content === '' ? [] : [{ type: 'text', text: content }]);
  const parts: Part[] = [];
  for (const [i, written] of jsonObjects(content).entries()) {
    const part = partOf(written);
    if (part === null) return err(unreadable(`${where}[${i}]`, written));
    if (part.type === 'file' || part.text !== '') parts.push(withCacheMark(part, written));
  }
  return ok(parts);
}

/** A mark of Anthropic's and OpenRouter's clients: the prompt up to here is worth keeping. */
export function cacheMark(written: JsonObject): SharedV3ProviderOptions | undefined {
  const mark = written['cache_control'];
  if (!isJsonObject(mark) || mark['type'] !== 'ephemeral') return undefined;
  const ttl = mark['ttl'] === '1h' || mark['ttl'] === '5m' ? { ttl: mark['ttl'] } : {};
  return {
    anthropic: { cacheControl: { type: 'ephemeral', ...ttl } },
    bedrock: { cachePoint: { type: 'default', ...ttl } },
  };
}

function withCacheMark(part: Part, written: JsonObject): Part {
  const providerOptions = cacheMark(written);
  return providerOptions ? { ...part, providerOptions } : part;
}

function partOf(written: JsonObject): Part | null {
  const { type, text, image_url: image, input_audio: audio, file } = written;
  if (type === 'text') return typeof text === 'string' ? { type, text } : null;
  if (type === 'image_url') return isJsonObject(image) ? filePart(image['url'], 'image/*') : null;
  if (type === 'input_audio') return isJsonObject(audio) ? audioPart(audio) : null;
  return type === 'file' && isJsonObject(file) ? documentPart(file) : null;
}

function audioPart({ data, format }: JsonObject): Part | null {
  const mediaType = AUDIO_TYPES[String(format)];
  return typeof data === 'string' && mediaType !== undefined ? { type: 'file', data, mediaType } : null;
}

/** A file by its number is at OpenAI, where this vendor cannot read it. */
function documentPart({ file_data: data, filename }: JsonObject): Part | null {
  const name = typeof filename === 'string' ? filename : undefined;
  const part = filePart(data, FILE_TYPES[name?.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/pdf');
  return part && name !== undefined ? { ...part, filename: name } : part;
}

/** A link is handed to the vendor, which follows it or refuses; the relay follows none. */
function filePart(url: unknown, mediaType: string): LanguageModelV3FilePart | null {
  if (typeof url !== 'string') return null;
  const match = DATA_URL.exec(url);
  if (match) return dataPart(url.slice(match[0].length), match[1] ?? mediaType, match[2] !== undefined);
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return null;
  return { type: 'file', data: new URL(url), mediaType };
}

function dataPart(data: string, mediaType: string, isBase64: boolean): LanguageModelV3FilePart | null {
  if (isBase64) return { type: 'file', mediaType, data: isText(mediaType) ? bytes(Buffer.from(data, 'base64')) : data };
  try {
    return { type: 'file', mediaType, data: bytes(Buffer.from(decodeURIComponent(data))) };
  } catch {
    return null; // a lone percent sign
  }
}

/** Cohere's package takes a string for the text itself. */
const isText = (mediaType: string): boolean => /^text\/|^application\/json$/.test(mediaType);

/** A `Buffer` would be written by its `toJSON` where a package hands it on as it is. */
const bytes = (buffer: Buffer): Uint8Array => new Uint8Array(buffer);

function unreadable(param: string, { type }: JsonObject): RelayError {
  const found = typeof type === 'string' ? `a part of type "${type.slice(0, 40)}"` : 'a part without a type';
  const allowed = 'text; image_url with an http, https or data URL; input_audio in mp3 or wav; file with file_data';
  return new RelayError('invalid_request', `${param} is ${found} that cannot be sent on. Allowed: ${allowed}.`, {
    param,
  });
}
