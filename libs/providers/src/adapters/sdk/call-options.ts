import type { JSONObject, LanguageModelV3CallOptions, SharedV3ProviderOptions } from '@ai-sdk/provider';
import { err, ok, RelayError, type Result } from '@relay/core';
import { isJsonObject, jsonObjects, type JsonObject } from '@relay/protocols';
import { promptOf } from './prompt';
import { toolOptions } from './tools';
import type { Vendor } from './vendor';
import type { Warnings } from './sdk-warnings';

/** Fields that are read here, or that say nothing which a vendor has to know. */
const READ_FIELDS: readonly string[] = [
  ...['model', 'messages', 'stream', 'stream_options', 'n', 'store', 'metadata', 'service_tier', 'prompt_cache_key'],
  ...['max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'top_k', 'seed', 'presence_penalty'],
  ...['frequency_penalty', 'stop', 'tools', 'tool_choice', 'response_format'],
];

/** What a package is called with for a chat request. Fields that no vendor knows are left out with a warning. */
export function callOptions(
  chat: JsonObject,
  model: string,
  vendor: Vendor,
  warnings: Warnings,
): Result<LanguageModelV3CallOptions, RelayError> {
  const { n } = chat;
  if (typeof n === 'number' && n > 1) {
    return err(new RelayError('invalid_request', 'n is more than 1: this provider gives one answer.', { param: 'n' }));
  }
  const prompt = promptOf(jsonObjects(chat['messages']), vendor, warnings);
  if (!prompt.ok) return prompt;
  const tools = toolOptions(chat);
  if (!tools.ok) return tools;
  noteUnread(chat, vendor, warnings);
  return ok({
    prompt: prompt.value,
    ...sampling(chat),
    ...tools.value,
    ...responseFormat(chat['response_format']),
    providerOptions: settings(chat, model, vendor),
  });
}

/** `anthropic: { … }` in the body goes to Anthropic as it is, in the words of its package. */
function settings(chat: JsonObject, model: string, vendor: Vendor): SharedV3ProviderOptions {
  const options = vendor.chatOptions(chat, model);
  const own = chat[vendor.name];
  return isJsonObject(own)
    ? { ...options, [vendor.name]: { ...options[vendor.name], ...(own as JSONObject) } }
    : options;
}

function noteUnread(chat: JsonObject, vendor: Vendor, warnings: Warnings): void {
  for (const [field, value] of Object.entries(chat)) {
    const isRead = READ_FIELDS.includes(field) || vendor.chatFields.includes(field) || field === vendor.name;
    if (!isRead && value !== null && value !== false)
      warnings.add(`${field} is ignored: ${vendor.name} has nothing like it`);
  }
}

/** Explicit zeros stay. */
function sampling(chat: JsonObject): Partial<LanguageModelV3CallOptions> {
  const options: Record<string, unknown> = {
    maxOutputTokens: number(chat['max_completion_tokens']) ?? number(chat['max_tokens']),
    temperature: number(chat['temperature']),
    topP: number(chat['top_p']),
    topK: number(chat['top_k']),
    seed: number(chat['seed']),
    presencePenalty: number(chat['presence_penalty']),
    frequencyPenalty: number(chat['frequency_penalty']),
    stopSequences: stops(chat['stop']),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function stops(stop: unknown): string[] | undefined {
  const list = (Array.isArray(stop) ? stop : [stop]).filter((one): one is string => typeof one === 'string');
  return list.length === 0 ? undefined : list;
}

function responseFormat(format: unknown): Pick<LanguageModelV3CallOptions, 'responseFormat'> {
  if (!isJsonObject(format)) return {};
  if (format['type'] === 'json_object') return { responseFormat: { type: 'json' } };
  const wanted = format['json_schema'];
  if (format['type'] !== 'json_schema' || !isJsonObject(wanted)) return {};
  const { schema, name, description } = wanted;
  return {
    responseFormat: {
      type: 'json',
      ...(isJsonObject(schema) ? { schema } : {}),
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof description === 'string' ? { description } : {}),
    },
  };
}
