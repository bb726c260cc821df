import { ERROR_CODES, type ErrorCode } from '@relay/contracts';
import { RelayError } from '@relay/core';
import { completionJson } from '@relay/testing';
import fc from 'fast-check';
import { openaiDialect } from '../chat/chat-dialect';
import { jsonObjects, type JsonObject } from '../json/json-object';
import { messagesProtocol } from './messages.protocol';

const { fromChat, answerToChat, readAnswer, errorBody, errorFrames } = messagesProtocol;

const toMessage = (chat: JsonObject, asked: JsonObject = {}): JsonObject => fromChat?.answer(chat, asked) ?? {};

const withMessage = (message: JsonObject, finish = 'stop'): JsonObject => ({
  ...completionJson(''),
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
});

describe('a whole answer of chat as a message', () => {
  it('says the same when it is told as chat again: words, calls, reason and counts', () => {
    const someCall = fc.record({
      id: fc.uuid(),
      type: fc.constant('function'),
      function: fc.record({
        name: fc.constant('f'),
        arguments: fc.jsonValue().map((value) => JSON.stringify({ value })),
      }),
    });
    const anyChat = fc.record({
      content: fc.string({ minLength: 1 }),
      tool_calls: fc.array(someCall, { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(anyChat, (message) => {
        const chat = withMessage(message, 'tool_calls');
        const told = answerToChat(toMessage(chat));
        expect(jsonObjects(told['choices'])[0]).toEqual({
          index: 0,
          message: { role: 'assistant', ...message },
          finish_reason: 'tool_calls',
        });
        expect(told['usage']).toMatchObject({ prompt_tokens: 11, completion_tokens: 3 });
      }),
    );
  });

  it('keeps arguments that are no JSON as they came', () => {
    const tool_calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"half' } }];
    const message = toMessage(withMessage({ tool_calls }));
    expect(message['content']).toEqual([{ type: 'tool_use', id: 'a', name: 'f', input: '{"half' }]);
    expect(jsonObjects(answerToChat(message)['choices'])[0]).toMatchObject({ message: { tool_calls } });
  });

  it('has an id of its own, the same for the same question where chat has none', () => {
    expect(toMessage(completionJson('x'))['id']).toBe('msg_fixture');
    const { id: _id, ...nameless } = completionJson('x');
    const id = toMessage(nameless, { model: 'm' })['id'];
    expect(id).toMatch(/^msg_[0-9a-f]{24}$/);
    expect(toMessage(nameless, { model: 'm' })['id']).toBe(id);
  });

  it('tells a refusal as words and as the reason', () => {
    expect(toMessage(withMessage({ content: null, refusal: 'No.' }))).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
    });
  });
});

describe('a whole message', () => {
  it('tells all of its input, what was read from and written to the cache as parts', () => {
    const usage = {
      input_tokens: 1,
      cache_read_input_tokens: 2,
      cache_creation_input_tokens: 4,
      cache_creation: { ephemeral_1h_input_tokens: 3 },
      output_tokens: 8,
      output_tokens_details: { thinking_tokens: 5 },
    };
    expect(readAnswer({ type: 'message', content: [], stop_reason: 'end_turn', usage }, openaiDialect)).toEqual({
      finishReason: 'end_turn',
      usage: {
        inputTokens: 7,
        cachedInputTokens: 2,
        cacheWriteTokens: 4,
        cacheWriteHourTokens: 3,
        outputTokens: 8,
        reasoningTokens: 5,
      },
    });
  });

  it('without usage tells none, and an error with status 200 is no answer', () => {
    expect(readAnswer({ type: 'message', content: [] }, openaiDialect)).toEqual({ usage: null, finishReason: null });
    expect(readAnswer({ type: 'error', error: { type: 'api_error', message: 'x' } }, openaiDialect)).toBeNull();
  });
});

describe('an error of the relay', () => {
  const TYPES: Partial<Record<ErrorCode, string>> = {
    invalid_request: 'invalid_request_error',
    invalid_api_key: 'authentication_error',
    budget_exceeded: 'billing_error',
    tenant_forbidden: 'permission_error',
    model_not_found: 'not_found_error',
    body_too_large: 'request_too_large',
    exceeds_limit: 'request_too_large',
    rate_limited: 'rate_limit_error',
    overloaded: 'rate_limit_error',
    upstream_error: 'api_error',
    unavailable: 'overloaded_error',
    upstream_timeout: 'timeout_error',
  };

  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('%s has a type that Anthropic has, and keeps its code', (code) => {
    const error = new RelayError(code, 'Why', { param: 'model' });
    const type: unknown = TYPES[code] ?? expect.stringMatching(/_error$/);
    const body = {
      type: 'error',
      error: { type, message: 'Why', code, param: 'model', details: { error_code: code } },
    };
    expect(errorBody(error)).toEqual(body);
    expect(errorFrames(error)).toBe(`event: error\ndata: ${JSON.stringify(errorBody(error))}\n\n`);
  });
});
