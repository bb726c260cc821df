import type {
  JSONObject,
  LanguageModelV3File,
  LanguageModelV3Source,
  SharedV3ProviderMetadata,
} from '@ai-sdk/provider';
import type { JsonObject } from '@relay/protocols';

/** A thought as OpenRouter tells it, if the vendor signed it: sent back with the answer, the model can go on from there. */
export function thoughtOf(text: string, metadata: JSONObject | undefined): JsonObject | null {
  const signature = metadata?.['signature'] ?? metadata?.['thoughtSignature'];
  const data = metadata?.['redactedData'];
  if (typeof data === 'string') return { type: 'reasoning.encrypted', data };
  return typeof signature === 'string' ? { type: 'reasoning.text', text, signature } : null;
}

/** Gemini's signature of a call, in the place where its own OpenAI-compatible API has it. */
export function signedCall(metadata: SharedV3ProviderMetadata | undefined): JsonObject {
  const signature = metadata?.['google']?.['thoughtSignature'];
  return typeof signature === 'string' ? { extra_content: { google: { thought_signature: signature } } } : {};
}

/** A picture that the model made, as OpenRouter tells it. */
export function imageOf({ mediaType, data }: LanguageModelV3File): JsonObject {
  const base64 = typeof data === 'string' ? data : Buffer.from(data).toString('base64');
  return { type: 'image_url', image_url: { url: `data:${mediaType};base64,${base64}` } };
}

/** A page that the answer rests on, as OpenAI tells it. */
export function citationOf({ url, title }: Extract<LanguageModelV3Source, { sourceType: 'url' }>): JsonObject {
  return { type: 'url_citation', url_citation: { url, title: title ?? '' } };
}
