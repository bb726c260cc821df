import type { Operation } from '@relay/contracts';
import type { JsonObject } from '@relay/protocols';
import { decodingPatch } from './decoding-patch';

const patchOf = (operation: Operation, asked: JsonObject, maxTokens: number | null, overrides: JsonObject): unknown =>
  decodingPatch({ asked, exchange: { operation } as never }, 'up', { maxTokens, overrides });

describe('what a plan changes of a body', () => {
  it('is said in the words of what was asked', () => {
    const overrides = { temperature: 0, reasoning_effort: 'low', max_completion_tokens: 90 };
    expect(patchOf('chat', { model: 'm', messages: [] }, 50, overrides)).toEqual({
      model: 'up',
      temperature: 0,
      reasoning_effort: 'low',
      max_tokens: 50,
    });
    expect(patchOf('responses', { model: 'm', input: 'x', reasoning: { summary: 'auto' } }, 50, overrides)).toEqual({
      model: 'up',
      temperature: 0,
      reasoning: { summary: 'auto', effort: 'low' },
      max_output_tokens: 50,
    });
  });

  it('leaves an answer that is capped lower as short as that', () => {
    expect(patchOf('responses', { model: 'up', input: 'x', max_output_tokens: 20 }, 50, {})).toEqual({
      max_output_tokens: 20,
    });
  });
});
