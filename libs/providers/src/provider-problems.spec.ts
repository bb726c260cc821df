import { testCertificate } from '@relay/testing';
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
    expect(problemsOf({ tls: { ca: 'no pem', cert: 'no pem', key: 'no pem' } })).toEqual([
      'providers[0].tls.ca: what is no certificate',
      'providers[0].tls.cert: what is no certificate',
      'providers[0].tls.key: what is no key',
    ]);
  });

  it('is a key that is not that of the certificate', () => {
    const { cert } = testCertificate('client');
    const { key } = testCertificate('server');
    expect(problemsOf({ tls: { cert, key } })).toEqual(['providers[0].tls.key: a key of another certificate']);
  });
});
