import { GENERATIVE_OPERATIONS, type GenerativeOperation } from '@relay/contracts';
import type { JsonObject } from './json/json-object';
import { protocolContract } from './protocol.contract';
import { PROTOCOLS } from './protocols';

const MESSAGES = [{ role: 'user', content: 'Hi' }];
const WITH_USAGE = { stream: true, stream_options: { include_usage: true } };

interface Question {
  readonly asked: JsonObject;
  readonly hasToolsAndThoughts: boolean;
}

const QUESTIONS: Readonly<Record<GenerativeOperation, Question>> = {
  chat: { asked: { model: 'm', messages: MESSAGES, ...WITH_USAGE }, hasToolsAndThoughts: true },
  completions: { asked: { model: 'm', prompt: 'Hi', ...WITH_USAGE }, hasToolsAndThoughts: false },
  responses: { asked: { model: 'm', input: 'Hi', stream: true }, hasToolsAndThoughts: true },
  messages: {
    asked: {
      model: 'm',
      messages: MESSAGES,
      max_tokens: 2_048,
      thinking: { type: 'enabled', budget_tokens: 1_024 },
      stream: true,
    },
    hasToolsAndThoughts: true,
  },
};

describe.each(GENERATIVE_OPERATIONS)('the protocol of %s', (operation) => {
  it('stands under its own name', () => {
    expect(PROTOCOLS[operation].operation).toBe(operation);
  });

  protocolContract({ protocol: PROTOCOLS[operation], ...QUESTIONS[operation] });
});
