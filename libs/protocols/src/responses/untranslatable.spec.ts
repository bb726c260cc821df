import { responsesRequestSchema } from '@relay/contracts';
import { untranslatable } from './untranslatable';

const image = { type: 'input_image', file_id: 'file-1' };
const user = (content: unknown): object => ({ input: [{ role: 'user', content }] });

describe('what chat cannot say', () => {
  it.each([
    ['an answer kept elsewhere', { input: 'x', previous_response_id: 'resp_1' }, 'previous_response_id'],
    ['a conversation', { input: 'x', conversation: { id: 'conv_1' } }, 'conversation'],
    ['a template', { prompt: { id: 'pmpt_1' } }, 'prompt'],
    ['compaction', { input: 'x', context_management: [{ type: 'compaction' }] }, 'context_management'],
    ['background', { input: 'x', background: true }, 'background'],
    ['web search', { input: 'x', tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    ['a server of tools', { input: 'x', tools: [{ type: 'function', name: 'f' }, { type: 'mcp' }] }, 'tools[1].type'],
    ['a choice of a built-in tool', { input: 'x', tool_choice: { type: 'file_search' } }, 'tool_choice'],
    [
      'built-in tools among those allowed',
      { input: 'x', tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp' }] } },
      'tool_choice',
    ],
    ['another format', { input: 'x', text: { format: { type: 'grammar' } } }, 'text.format.type'],
    [
      'what a built-in tool did',
      { input: [{ role: 'user', content: 'x' }, { type: 'web_search_call' }] },
      'input[1].type',
    ],
    ['a reference', { input: [{ id: 'msg_1' }] }, 'input[0].type'],
    ['an image by its id', user([{ type: 'input_text', text: 'x' }, image]), 'input[0].content[1].file_id'],
    ['a file by its address', user([{ type: 'input_file', file_url: 'https://x' }]), 'input[0].content[0].file_url'],
    [
      'a picture as what a tool answered',
      {
        input: [{ type: 'function_call_output', call_id: 'a', output: [{ type: 'input_image', image_url: 'data:' }] }],
      },
      'input[0].output[0].type',
    ],
  ])('is %s', (_what, body, param) => {
    expect(responsesRequestSchema.safeParse({ model: 'm', ...body }).success).toBe(true);
    const error = untranslatable({ model: 'm', ...body });
    expect(error).toMatchObject({ code: 'invalid_request', param });
    expect(error?.message).toContain('only a provider that speaks /v1/responses itself can serve it');
  });

  it.each([
    ['words', { input: 'x' }],
    [
      'fields set to nothing',
      { input: 'x', previous_response_id: null, background: false, context_management: [], text: {} },
    ],
    ['tools of the app', { input: 'x', tools: [{ type: 'function' }, { type: 'custom' }], tool_choice: 'auto' }],
    [
      'a conversation that the app kept',
      {
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'x' }] },
          { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'y' }], content: null },
          { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
          { type: 'function_call_output', call_id: 'a', output: 'z' },
        ],
      },
    ],
  ])('is not %s', (_what, body) => {
    expect(responsesRequestSchema.safeParse({ model: 'm', ...body }).success).toBe(true);
    expect(untranslatable({ model: 'm', ...body })).toBeNull();
  });
});
