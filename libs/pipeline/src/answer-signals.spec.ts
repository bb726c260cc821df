import { completionJson } from '@relay/testing';
import { chat } from '../test/pipeline-harness';
import { answerSignal } from './answer-signals';

const SOUND = 1;
const USELESS = 0;

const answer = (message: object, finishReason = 'stop'): Buffer =>
  Buffer.from(JSON.stringify({ choices: [{ index: 0, message, finish_reason: finishReason }] }));
const call = (given: unknown): object => ({
  content: null,
  tool_calls: [{ function: { name: 'f', arguments: given } }],
});
const judge = (body: Buffer, fields: object = {}): number | null => answerSignal('chat', chat(fields), body);
const JSON_WANTED = { response_format: { type: 'json_object' } };

describe('the signal of an answer', () => {
  it('is full for one in which nothing wrong is seen', () => {
    expect(judge(Buffer.from(JSON.stringify(completionJson('Paris'))))).toBe(SOUND);
    expect(judge(answer({ content: [{ type: 'text', text: 'Paris' }] }))).toBe(SOUND);
    expect(judge(answer({ content: '{"city":"Paris"}' }), JSON_WANTED)).toBe(SOUND);
    for (const given of ['{"city":"Paris"}', '', undefined])
      expect(judge(answer(call(given), 'tool_calls'))).toBe(SOUND);
  });

  it('is nothing for one that is of no use', () => {
    for (const content of ['', ' \n', null, undefined]) expect(judge(answer({ content }))).toBe(USELESS);
    expect(judge(answer({ content: 'Sure! {"city":' }), JSON_WANTED)).toBe(USELESS);
    expect(judge(answer(call('{"city":'), 'tool_calls'))).toBe(USELESS);
    expect(judge(answer({ content: '' }, 'length'))).toBe(USELESS);
  });

  it('lies between for one that was cut off or refuses', () => {
    const between = [
      judge(answer({ content: 'Once upon' }, 'length')),
      judge(answer({ content: "I'm sorry, but I can't help with that." })),
      judge(answer({ content: null, refusal: 'No.' })),
      judge(answer({ content: 'x' }, 'content_filter')),
    ];
    for (const share of between) {
      expect(share).toBeGreaterThan(USELESS);
      expect(share).toBeLessThan(SOUND);
    }
  });

  it('is missing where nothing can be told', () => {
    for (const body of ['', 'busy', 'null', '{}', '{"choices":[]}', '{"choices":[null]}', '{"choices":7}']) {
      expect(judge(Buffer.from(body))).toBeNull();
    }
    expect(judge(answer({ content: 'word '.repeat(20_000) }))).toBeNull(); // too long to be parsed for it
  });

  it('does not break on answers of any other shape', () => {
    for (const message of [7, { content: 7 }, { tool_calls: [null, 7, { function: 7 }] }, { content: [null] }]) {
      expect(() => judge(answer(message as object))).not.toThrow();
    }
  });
});
