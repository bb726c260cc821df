import { providerProblems } from './provider-problems';
import { providerConfig } from './testing/call-harness';

const problemsOf = (input: object): string[] =>
  providerProblems([providerConfig({ baseUrl: 'https://llm.example/v1', ...input })], 'relay.yaml').map(
    ({ path, found }) => `${path}: ${found}`,
  );

describe('what is wrong with a provider beyond its configuration', () => {
  it('is a key that no header can hold, which is not repeated', () => {
    const keys = { apiKey: 'good-key', apiKeys: [{ value: 'injected\r\nx: 1' }] };
    expect(problemsOf(keys)).toEqual(['providers[0].apiKeys[0].value: a key that cannot be sent']);
  });

  it('is a header that cannot be sent, of which the value is not repeated', () => {
    expect(problemsOf({ headers: { 'x-team': 'a', 'x-bad': 'secret\n', host: 'b' } })).toEqual([
      'providers[0].headers.x-bad: a header that cannot be sent',
      'providers[0].headers.host: a header that cannot be sent',
    ]);
  });

  it('is what is no certificate', () => {
    expect(problemsOf({ tls: { cert: 'no pem', key: 'no pem' } })).toEqual([
      'providers[0].tls: what is no certificate or key',
    ]);
  });
});
