import { providerProblems } from './provider-problems';
import { providerConfig } from './testing/call-harness';

const problemsOf = (input: object): string[] =>
  providerProblems([providerConfig({ baseUrl: 'https://llm.example/v1', ...input })], 'relay.yaml').map(
    ({ path, found }) => `${path}: ${found}`,
  );

describe('what is wrong with a provider beyond its schema', () => {
  it.each([
    [{ baseUrl: 'https://r.openai.azure.com/openai/v1/' }, []],
    [{ baseUrl: 'https://r.openai.azure.com?api-version=2024-10-21' }, []],
    [{ baseUrl: 'https://r.openai.azure.com' }, ['providers[0].baseUrl: neither the v1 API nor an api-version']],
    [{ baseUrl: undefined }, ['providers[0].baseUrl: nothing']],
  ])('of Azure at %j: %j', (input, problems) => {
    expect(problemsOf({ kind: 'azure', ...input })).toEqual(problems);
  });

  it('is a key twice, or one that no header can hold; neither is repeated', () => {
    const keys = { apiKey: 'same-key', apiKeys: [{ value: 'same-key' }, { value: 'injected\r\nx: 1' }] };
    expect(problemsOf(keys)).toEqual([
      'providers[0].apiKeys[0].value: a value that another key has',
      'providers[0].apiKeys[1].value: a key that cannot be sent',
    ]);
  });

  it('is a certificate without its key, or what is none', () => {
    expect(problemsOf({ tls: { cert: 'pem' } })).toEqual(['providers[0].tls: a certificate alone']);
    expect(problemsOf({ tls: { cert: 'no pem', key: 'no pem' } })).toEqual([
      'providers[0].tls: what is no certificate or key',
    ]);
  });

  it('is a Bedrock that says neither where it is nor who asks, or credentials of others', () => {
    const credentials = { accessKeyId: 'AKIA', secretAccessKey: 's' };
    const bedrock = { kind: 'bedrock', baseUrl: undefined };
    expect(problemsOf(bedrock)).toEqual(['providers[0].region: nothing', 'providers[0].apiKey: nothing']);
    expect(problemsOf({ ...bedrock, region: 'evil.example/', credentials })).toEqual([
      'providers[0].region: evil.example/',
    ]);
    expect(problemsOf({ ...bedrock, region: 'us-gov-west-1', credentials })).toEqual([]);
    expect(problemsOf({ credentials })).toEqual(['providers[0].credentials: those of a provider of kind openai']);
  });
});
