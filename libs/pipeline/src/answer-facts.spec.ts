import { cpuMs } from '@relay/testing';
import { answerFacts } from './answer-facts';

const body = (message: object, finishReason: string | null = 'stop'): Buffer =>
  Buffer.from(JSON.stringify({ choices: [{ message, finish_reason: finishReason }] }));
const said = (content: string): ReturnType<typeof answerFacts> => answerFacts('chat', body({ content }));

describe('the facts of an answer', () => {
  it('are those of its first choice', () => {
    expect(answerFacts('chat', body({ content: 'Paris' }))).toEqual({
      text: 'Paris',
      chars: 5,
      finishReason: 'stop',
      isJson: false,
      hasToolCalls: false,
      refusal: false,
    });
  });

  it('know text in parts, tool calls, and an answer without a reason to end', () => {
    const parts = [{ type: 'text', text: 'a' }, null, { type: 'image' }, { type: 'text', text: 'b' }];
    expect(answerFacts('chat', body({ content: parts }, null))).toMatchObject({
      text: 'ab',
      chars: 2,
      finishReason: '',
    });
    expect(answerFacts('chat', body({ content: null, tool_calls: [{ id: '1' }] }))).toMatchObject({
      text: '',
      hasToolCalls: true,
    });
    expect(answerFacts('chat', body({ content: 'a', tool_calls: [] })).hasToolCalls).toBe(false);
  });

  it.each([
    'not json',
    'null',
    '[]',
    '{}',
    '{"choices":{}}',
    '{"choices":[]}',
    '{"choices":[null]}',
    '{"choices":[{"message":null}]}',
  ])('are empty for a body such as %s', (text) =>
    expect(answerFacts('chat', Buffer.from(text))).toMatchObject({ text: '', chars: 0, isJson: false, refusal: false }),
  );

  it.each([
    ['{"a":1}', true],
    [' [1, 2] ', true],
    ['42', true],
    ['', false],
    ['{"a":1', false],
    ['```json\n{}\n```', false],
  ])('say of %j whether all of it is JSON: %s', (text, isJson) => expect(said(text).isJson).toBe(isJson));

  it.each([
    "I'm sorry, but I can't help with that.",
    'I’m sorry, I can’t assist with that request.',
    'I am unable to provide that.',
    'Sorry, but I cannot comply.',
    'Es tut mir leid, aber dabei kann ich dir nicht helfen.',
    'Je suis désolé, mais je ne peux pas répondre.',
    'Lo siento, pero no puedo ayudarte.',
  ])('take %j for a refusal', (text) => expect(said(text).refusal).toBe(true));

  it.each([
    "I'm sorry for your loss. Here is what I would do.",
    "I can't help but admire this proof.",
    'The clerk said: I cannot help with that.',
    'Leider regnet es heute. Ich empfehle ein Museum.',
    '',
  ])('do not take %j for one', (text) => expect(said(text).refusal).toBe(false));

  it('believe an upstream that says it is a refusal', () => {
    expect(answerFacts('chat', body({ content: null, refusal: 'No.' })).refusal).toBe(true);
    expect(answerFacts('chat', body({ content: 'x' }, 'content_filter')).refusal).toBe(true);
  });

  it('are found in linear time in a hostile text', () => {
    const text = `es tut mir leid ich kann ${'ich kann '.repeat(200_000)}`;
    expect(cpuMs(() => void said(text))).toBeLessThan(1_000);
  });
});
