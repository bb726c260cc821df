import { endpointsOf } from './endpoints';

describe('the paths of a provider', () => {
  const at = (kind: 'openai' | 'azure', url: string) => endpointsOf({ kind }, new URL(url));

  it('are below its base URL, with its query', () => {
    const endpoints = at('openai', 'https://llm.example/api/v1/?key=1');
    expect(endpoints.of('chat', 'm')).toBe('/api/v1/chat/completions?key=1');
    expect(endpoints.models).toBe('/api/v1/models?key=1');
  });

  it('are the same for the v1 API of Azure', () => {
    const endpoints = at('azure', 'https://r.openai.azure.com/openai/v1');
    expect(endpoints.of('embeddings', 'm')).toBe('/openai/v1/embeddings');
  });

  it.each([
    'https://r.openai.azure.com?api-version=2024-10-21',
    'https://r.openai.azure.com/openai/?api-version=2024-10-21',
  ])('have the deployment in them for Azure at %s', (url) => {
    const endpoints = at('azure', url);
    expect(endpoints.of('chat', 'my gpt/4')).toBe(
      '/openai/deployments/my%20gpt%2F4/chat/completions?api-version=2024-10-21',
    );
    expect(endpoints.of('responses', 'm')).toBe('/openai/responses?api-version=2024-10-21');
    expect(endpoints.models).toBe('/openai/models?api-version=2024-10-21');
  });
});
