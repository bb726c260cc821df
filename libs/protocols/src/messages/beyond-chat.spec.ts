import type { JsonObject } from '../json/json-object';
import { messagesProtocol } from './messages.protocol';

const BASE = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const PNG = { type: 'base64', media_type: 'image/png', data: 'AAAA' };

describe('what chat cannot say', () => {
  const refusal = (more: JsonObject): string | null | undefined =>
    messagesProtocol.untranslatable?.({ ...BASE, ...more })?.param;
  const user = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] });

  it.each([
    [
      'a tool of the server',
      { tools: [{ name: 'f' }, { type: 'web_search_20250305', name: 'web_search' }] },
      'tools[1].type',
    ],
    ['a server of tools', { mcp_servers: [{ type: 'url', url: 'https://example.test' }] }, 'mcp_servers'],
    [
      'a file of the provider',
      user({ type: 'image', source: { type: 'file', file_id: 'f' } }),
      'messages[0].content[0].source',
    ],
    ['a document to be fetched', user({ type: 'document', source: { type: 'url' } }), 'messages[0].content[0].source'],
    ['a new kind of block', user({ type: 'text', text: 'a' }, { type: 'hologram' }), 'messages[0].content[1].type'],
    [
      'a file within a result',
      user({ type: 'tool_result', content: [{ type: 'image', source: { type: 'file' } }] }),
      'messages[0].content[0].content[0].source',
    ],
  ])('names %s', (_name, more, param) => {
    expect(refusal(more)).toBe(param);
    expect(messagesProtocol.toChat({ ...BASE, ...more }).ok).toBe(true); // policies read it all the same
  });

  it('is nothing of an ordinary request', () => {
    const content = [
      { type: 'tool_result', tool_use_id: 't', content: 'x' },
      { type: 'image', source: PNG },
    ];
    expect(refusal({ mcp_servers: [], tools: [{ name: 'f', type: 'custom' }], ...user(...content) })).toBeUndefined();
  });
});
