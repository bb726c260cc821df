import { NO_ANALYSIS, type PromptAnalysis } from '@relay/contracts';
import { AT, bodyOf, liveOf, principalOf, requestOf } from '../../test/policy-fixtures';
import { flattenFacts } from './facts';
import { NOTHING_LIVE } from './live';
import { readFacts } from './read-facts';

const factsOf = (fields: Parameters<typeof requestOf>[0] = {}) => readFacts(requestOf(fields), NOTHING_LIVE);

describe('facts of a request', () => {
  it('come with defaults for what the app left out', () => {
    expect(flattenFacts(factsOf({ principal: principalOf({ tags: ['eu'] }) }), NO_ANALYSIS)).toEqual({
      'tenant.id': 'acme',
      'tenant.tier': 'standard',
      'tenant.tags': ['eu'],
      'tenant.weight': 1,
      'tenant.spentUsd': 0,
      'key.name': 'ci',
      'key.scopes': ['inference'],
      'request.operation': 'chat',
      'request.model': 'auto',
      'request.stream': false,
      'request.n': 1,
      'request.tags': [],
      'request.priority': '',
      'request.user': '',
      'request.prefer': '',
      'request.hasTools': false,
      'request.toolCount': 0,
      'request.responseFormat': 'text',
      'request.maxTokens': 0,
      'request.temperature': 1,
      'features.inputTokens': 2,
      'features.outputTokens': 256,
      'features.predictedTokens': 514,
      'features.turns': 1,
      'features.images': 0,
      'features.systemHash': '',
      'features.hasSystem': false,
      'features.hour': 13,
      'features.weekday': new Date(AT).getUTCDay(),
      'features.task': null, // nobody asked
      'features.language': null,
      'features.complexity': null,
      'features.injection': null,
      'features.pii': null,
    });
  });

  it('count text by bytes, images apart, turns by the user', () => {
    const { features } = factsOf({
      body: bodyOf({
        messages: [
          { role: 'system', content: 'abcd' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'äöüß' },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            ],
          },
          { role: 'assistant', content: null },
          { role: 'user', content: 'abcdefgh' },
        ],
      }),
    });
    expect(features).toMatchObject({ inputTokens: (4 + 8 + 8) / 4 + 765, images: 1, turns: 2, hasSystem: true });
    expect(features.systemHash).toMatch(/^[0-9a-f]{16}$/);
  });

  it('count tool definitions as the rest of the body', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const { request, features } = factsOf({ body: bodyOf({ tools }), bodyBytes: 405 });
    expect(request).toMatchObject({ hasTools: true, toolCount: 1 });
    expect(features.inputTokens).toBe(Math.ceil(405 / 4));
  });

  it('prefer max_completion_tokens and multiply by n', () => {
    const { features } = factsOf({ body: bodyOf({ max_completion_tokens: 10, max_tokens: 99, n: 3 }) });
    expect(features).toMatchObject({ outputTokens: 10 * 3, predictedTokens: 2 + 2 * 10 * 3 });
  });

  it('expect the length that answers had lately, by task where that is known: not the limit that the app sets', () => {
    const live = liveOf({
      outputTokens: new Map([
        ['', 300],
        ['code', 8_000],
      ]),
    });
    const expected = (maxTokens: number | undefined, task: PromptAnalysis['task']) => {
      const body = bodyOf(maxTokens === undefined ? {} : { max_tokens: maxTokens });
      const { outputTokens, predictedTokens } = readFacts(
        requestOf({ body, prompt: { ...NO_ANALYSIS, task } }),
        live,
      ).features;
      expect(predictedTokens).toBe(2 + 2 * outputTokens);
      return outputTokens;
    };
    expect([expected(undefined, 'code'), expected(16_000, 'code'), expected(500, 'code')]).toEqual([8_000, 8_000, 500]);
    expect([expected(undefined, null), expected(16_000, null), expected(16_000, 'chat')]).toEqual([300, 300, 300]);
  });

  it('tell system prompts apart by hash, and hold only a bounded part of what the app chose', () => {
    const hashOf = (content: string) =>
      factsOf({ body: bodyOf({ messages: [{ role: 'system', content }] }) }).features.systemHash;
    expect(hashOf('a')).not.toBe(hashOf('b'));
    expect(factsOf({ body: bodyOf({ user: 'u'.repeat(10_000) }) }).request.user).toHaveLength(256);
  });

  it.each([[[{ type: 'text' }]], [[{ type: 'image_url', image_url: 'x' }]], [[{ type: 'image_url' }]], [[]]])(
    'survive odd content %j',
    (content) => {
      expect(() => factsOf({ body: bodyOf({ messages: [{ role: 'user', content }] }) })).not.toThrow();
    },
  );
});
