import { checkReferences } from './references';

const problemsOf = (input: object): string[] =>
  checkReferences('f', input).map(({ path, found }) => `${path}: ${found}`);
const ofProvider = (provider: object): string[] => problemsOf({ providers: [{ id: 'p', kind: 'vllm', ...provider }] });

describe('a base URL', () => {
  it.each(['/chat/completions', '/v1/chat/completions/', '/v1/embeddings', '/v1beta/audio/speech'])(
    'cannot be that of a route: %s',
    (route) => {
      const baseUrl = `https://user:secret@llm.example${route}`;
      const embedder = { kind: 'openai', baseUrl };
      const [found, ...more] = [...ofProvider({ baseUrl }), ...problemsOf({ embedder })];
      expect(found).toMatch(/^providers\[0\]\.baseUrl: a URL that ends in \//);
      expect(more).toEqual([expect.stringMatching(/^embedder\.baseUrl: /)]);
      expect(found).not.toContain('secret');
    },
  );

  it.each(['/v1', '/openai', '/messages/v1', '/completions-proxy'])('may end in %s', (path) => {
    expect(ofProvider({ baseUrl: `https://llm.example${path}` })).toEqual([]);
  });
});

describe('a key', () => {
  it('is the key alone, and never shown', () => {
    const apiKeys = [{ value: 'sk-bearer' }, { value: 'bearer sk-2' }];
    expect(ofProvider({ apiKey: 'Bearer sk-1', apiKeys })).toEqual([
      'providers[0].apiKey: a key with "Bearer" before it',
      'providers[0].apiKeys[1].value: a key with "Bearer" before it',
    ]);
  });
});

describe('the bounds of files', () => {
  it('let a tenant keep a file of the largest size', () => {
    expect(problemsOf({ files: { maxBytes: 11, maxBytesPerTenant: 10 } })).toEqual(['files.maxBytes: 11']);
    expect(problemsOf({ files: { maxBytes: 10, maxBytesPerTenant: 10 } })).toEqual([]);
    expect(problemsOf({ files: { maxBytesPerTenant: 10 } })).toEqual([]);
  });
});
