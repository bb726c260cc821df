import type {
  LanguageModelV3Message,
  LanguageModelV3Prompt,
  LanguageModelV3ReasoningPart,
  LanguageModelV3ToolCallPart,
} from '@ai-sdk/provider';
import { err, ok, RelayError, type Result } from '@relay/core';
import { isJsonObject, jsonObjects, type JsonObject, parseObject } from '@relay/protocols';
import { cacheMark, partsOf, textOf } from './content-parts';
import type { Vendor } from './vendor';
import type { Warnings } from './sdk-warnings';

type AssistantPart = Extract<LanguageModelV3Message, { role: 'assistant' }>['content'][number];

/** The messages of a chat request as the packages want them. */
export function promptOf(
  messages: readonly JsonObject[],
  vendor: Vendor,
  warnings: Warnings,
): Result<LanguageModelV3Prompt, RelayError> {
  const reader = new PromptReader(vendor, warnings);
  const prompt: LanguageModelV3Prompt = [];
  for (const [i, message] of messages.entries()) {
    const read = reader.read(message, `messages[${i}]`);
    if (!read.ok) return read;
    if (read.value) prompt.push(read.value);
  }
  return ok(prompt);
}

class PromptReader {
  private readonly toolNames = new Map<string, string>(); // by the id of the call
  private isBegun = false;

  constructor(
    private readonly vendor: Vendor,
    private readonly warnings: Warnings,
  ) {}

  /** Null for a message that says nothing. */
  read(message: JsonObject, where: string): Result<LanguageModelV3Message | null, RelayError> {
    const { role } = message;
    if (role === 'system' || role === 'developer') return ok(this.system(message));
    this.isBegun = true;
    if (role === 'user') return this.user(message, where);
    if (role === 'assistant') return this.assistant(message, where);
    if (role === 'tool') return this.toolResult(message, where);
    return err(wrong(`${where}.role`, 'is not a role that can be sent on: system, developer, user, assistant or tool'));
  }

  /** These vendors take instructions at the start only: later ones are said by the user. */
  private system(message: JsonObject): LanguageModelV3Message | null {
    const text = textOf(message['content']);
    if (text === '') return null;
    if (this.isBegun) {
      this.warnings.add('a system message after the start is sent as one of the user');
      return { role: 'user', content: [{ type: 'text', text }] };
    }
    const providerOptions = cacheMark(message) ?? jsonObjects(message['content']).map(cacheMark).find(Boolean);
    return { role: 'system', content: text, ...(providerOptions ? { providerOptions } : {}) };
  }

  private user({ content }: JsonObject, where: string): Result<LanguageModelV3Message | null, RelayError> {
    const parts = partsOf(content, `${where}.content`);
    if (!parts.ok) return parts;
    return ok(parts.value.length === 0 ? null : { role: 'user', content: parts.value });
  }

  private assistant(message: JsonObject, where: string): Result<LanguageModelV3Message | null, RelayError> {
    const text = textOf(message['content']);
    const content: AssistantPart[] = this.thoughts(message);
    if (text !== '') content.push({ type: 'text', text });
    for (const [i, call] of jsonObjects(message['tool_calls']).entries()) {
      const part = this.toolCall(call, `${where}.tool_calls[${i}]`);
      if (!part.ok) return part;
      content.push(part.value);
    }
    return ok(content.length === 0 ? null : { role: 'assistant', content });
  }

  /** Thoughts are worth sending back only with their signature; vendors ignore or refuse those of others. */
  private thoughts({ reasoning_details: details }: JsonObject): LanguageModelV3ReasoningPart[] {
    const { name, signatureField } = this.vendor;
    return jsonObjects(details).flatMap(({ text, signature, data }) => {
      const options: Record<string, string> = {};
      if (typeof signature === 'string') options[signatureField] = signature;
      if (typeof data === 'string') options['redactedData'] = data;
      if (Object.keys(options).length === 0) return [];
      const said = typeof text === 'string' ? text : '';
      return [{ type: 'reasoning' as const, text: said, providerOptions: { [name]: options } }];
    });
  }

  private toolCall(call: JsonObject, where: string): Result<LanguageModelV3ToolCallPart, RelayError> {
    const { id, function: called, extra_content: extra } = call;
    const name = isJsonObject(called) ? called['name'] : undefined;
    if (!isJsonObject(called) || typeof id !== 'string' || typeof name !== 'string') {
      return err(wrong(where, 'is not a call of a function with an id and a name'));
    }
    const written = called['arguments'];
    const input = typeof written === 'string' && written !== '' ? parseObject(written) : {};
    if (input === null) return err(wrong(`${where}.function.arguments`, 'is not a JSON object'));
    this.toolNames.set(id, name);
    const providerOptions = this.signature(extra);
    return ok({
      type: 'tool-call',
      toolCallId: id,
      toolName: name,
      input,
      ...(providerOptions && { providerOptions }),
    });
  }

  /** Gemini signs its calls, and wants the signature back, in the place where its own OpenAI-compatible API has it. */
  private signature(extra: unknown): { google: { thoughtSignature: string } } | undefined {
    const google = isJsonObject(extra) ? extra['google'] : undefined;
    const signature = isJsonObject(google) ? google['thought_signature'] : undefined;
    return typeof signature === 'string' ? { google: { thoughtSignature: signature } } : undefined;
  }

  private toolResult(message: JsonObject, where: string): Result<LanguageModelV3Message, RelayError> {
    const { tool_call_id: id, content } = message;
    const toolName = typeof id === 'string' ? this.toolNames.get(id) : undefined;
    if (typeof id !== 'string' || toolName === undefined) {
      return err(wrong(`${where}.tool_call_id`, 'names no call of an earlier message'));
    }
    const providerOptions = cacheMark(message);
    const output = { type: 'text' as const, value: textOf(content) };
    const part = { type: 'tool-result' as const, toolCallId: id, toolName, output };
    return ok({ role: 'tool', content: [providerOptions ? { ...part, providerOptions } : part] });
  }
}

const wrong = (param: string, what: string): RelayError =>
  new RelayError('invalid_request', `${param} ${what}.`, { param });
