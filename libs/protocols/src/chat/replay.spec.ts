import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { assemble, base, call, COMPLETIONS, json, usage } from '../../test/chat-fixtures';
import { completionToSse } from './completion-to-sse';

describe('a stored completion as a stream', () => {
  it.each(Object.entries(COMPLETIONS))('comes back whole from its own stream: %s', (_name, completion) => {
    expect(assemble(completionToSse(json(completion), { includeUsage: true }).toString())).toEqual(completion);
  });

  it('has no usage unless asked, and exactly one [DONE]', () => {
    const { usage: _usage, ...withoutUsage } = { usage, ...COMPLETIONS['plain text'] };
    const stream = completionToSse(json(COMPLETIONS['plain text'] ?? {}), { includeUsage: false }).toString();
    expect(assemble(stream)).toEqual(withoutUsage);
    expect(stream).not.toContain('usage');
    expect(stream.split('[DONE]')).toHaveLength(2);
  });

  it('has its usage in a last chunk without choices, null before', () => {
    const stream = completionToSse(json(COMPLETIONS['plain text'] ?? {}), { includeUsage: true }).toString();
    const chunks = stream
      .split('\n\n')
      .slice(0, -2)
      .map((frame) => JSON.parse(frame.slice(6)) as { choices: unknown[]; usage: unknown });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
    expect(chunks.slice(0, -1).every((chunk) => chunk.choices.length === 1 && chunk.usage === null)).toBe(true);
  });

  it('is understood by the official client', async () => {
    const completion = { ...COMPLETIONS['parallel tool calls'] };
    const server = createServer((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end(completionToSse(json(completion), { includeUsage: true }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
      const client = new OpenAI({ baseURL, apiKey: 'test', maxRetries: 0 });
      const final = await client.chat.completions
        .stream({ model: 'm', messages: [{ role: 'user', content: 'q' }], stream_options: { include_usage: true } })
        .finalChatCompletion();
      expect(final).toMatchObject({ id: base.id, usage });
      expect(final.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
      expect(final.choices[0]?.message.tool_calls).toMatchObject([
        call('c1', 'add', '{"a":"1"}'),
        call('c2', 'add', ''),
      ]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
