import { textCompletionRequestSchema, type ChatCompletionRequest, type TextCompletionRequest } from '@relay/contracts';
import { ok } from '@relay/core';
import { chatGrammar } from '../chat/chat-grammar';
import { openaiErrorBody, openaiErrorFrames } from '../chat/chat.protocol';
import { finishReasonOf } from '../chat/finish-reason';
import { StreamAssembler } from '../chat/stream-assembler';
import { jsonObjects, type JsonObject } from '../json/json-object';
import { contentOf, inputsIn } from '../plain/text-content';
import { readUsage } from '../usage';
import type { WireProtocol } from '../wire-protocol';
import { completionsFromChat } from './completions-from-chat';
import { replayTextCompletion } from './replay-text-completion';
import { TEXT_COMPLETION_CHUNKS } from './text-completion-chunks';
import { untranslatableCompletion } from './untranslatable';

/** Fields of the older completions that chat has by another name, in another form, or not at all. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['prompt', 'suffix', 'echo', 'logprobs', 'best_of', 'n', 'max_tokens']);

/** `POST /v1/completions`, as OpenAI has it: a prompt that is continued, without a conversation. */
export const completionsProtocol: WireProtocol = {
  operation: 'completions',
  schema: textCompletionRequestSchema,
  expected: 'a JSON object with "model" and "prompt"',
  toChat: (body) => ok(asChat(body as TextCompletionRequest)),
  untranslatable: (body) => untranslatableCompletion(body as TextCompletionRequest),
  capField: () => 'max_tokens',
  grammar: chatGrammar,
  readAnswer(answer, dialect) {
    if (!jsonObjects(answer['choices']).some(({ text }) => typeof text === 'string')) return null;
    return { usage: readUsage(dialect.usageOf(answer)), finishReason: finishReasonOf(answer) };
  },
  answerToChat: (answer) => ({ ...answer, choices: jsonObjects(answer['choices']).map(choiceAsChat) }),
  assembler: (maxBytes) => new StreamAssembler(maxBytes, TEXT_COMPLETION_CHUNKS),
  replay: replayTextCompletion,
  fromChat: completionsFromChat,
  errorBody: openaiErrorBody,
  errorFrames: openaiErrorFrames,
};

function asChat(body: TextCompletionRequest): ChatCompletionRequest {
  const { prompt, n, best_of: bestOf, max_tokens: maxTokens } = body;
  const shared = Object.entries(body).filter(([field]) => !OWN_FIELDS.has(field));
  // `best_of` answers are written and paid, whoever reads them, and as many for each prompt.
  const answers = Math.max(n ?? 1, bestOf ?? 1) * inputsIn(prompt);
  return {
    ...(Object.fromEntries(shared) as Pick<TextCompletionRequest, 'model'>),
    messages: [{ role: 'user', content: contentOf(prompt) }],
    ...(answers > 1 ? { n: answers } : {}),
    ...(maxTokens == null ? {} : { max_tokens: Math.max(1, maxTokens) }),
  };
}

function choiceAsChat({ text, ...choice }: JsonObject): JsonObject {
  return { ...choice, message: { role: 'assistant', content: text ?? '' } };
}
