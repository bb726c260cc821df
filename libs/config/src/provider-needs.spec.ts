import { checkReferences } from './references';

const problemsOf = (input: object): string[] =>
  checkReferences('f', { providers: [{ id: 'p', kind: 'openai', baseUrl: 'https://llm.example/v1', ...input }] }).map(
    ({ path, found }) => `${path}: ${found}`,
  );

describe('what a kind of provider needs', () => {
  it.each([
    [{ baseUrl: 'https://r.openai.azure.com/openai/v1/' }, []],
    [{ baseUrl: 'https://r.openai.azure.com?api-version=2024-10-21' }, []],
    [{ baseUrl: 'https://r.openai.azure.com' }, ['providers[0].baseUrl: neither the v1 API nor an api-version']],
    [{ baseUrl: undefined }, ['providers[0].baseUrl: nothing']],
    [{ baseUrl: 'no URL' }, []], // the schema tells that
  ])('of Azure at %j: %j', (input, problems) => {
    expect(problemsOf({ kind: 'azure', ...input })).toEqual(problems);
  });

  it('is of Bedrock where it is and who asks; credentials are of no other', () => {
    const credentials = { accessKeyId: 'AKIA', secretAccessKey: 's' };
    const bedrock = { kind: 'bedrock', baseUrl: undefined };
    expect(problemsOf(bedrock)).toEqual(['providers[0].region: nothing', 'providers[0].apiKey: nothing']);
    expect(problemsOf({ ...bedrock, region: 'evil.example/', credentials })).toEqual([
      'providers[0].region: a text that is no region of AWS',
    ]);
    expect(problemsOf({ ...bedrock, region: 'us-gov-west-1', credentials })).toEqual([]);
    expect(problemsOf({ credentials })).toEqual(['providers[0].credentials: those of a provider of kind openai']);
  });
});

describe('what does not fit together in a provider', () => {
  it('is a key twice, which is not repeated', () => {
    const apiKeys = [{ value: 'same-key' }, { value: 'other' }, { value: 'other' }];
    expect(problemsOf({ apiKey: 'same-key', apiKeys })).toEqual([
      'providers[0].apiKeys[0].value: a value that another key has',
      'providers[0].apiKeys[2].value: a value that another key has',
    ]);
  });

  it('is a certificate without its key', () => {
    expect(problemsOf({ tls: { cert: 'pem' } })).toEqual(['providers[0].tls: a certificate alone']);
    expect(problemsOf({ tls: { key: 'pem' } })).toEqual(['providers[0].tls: a key alone']);
    expect(problemsOf({ tls: { ca: 'pem' } })).toEqual([]);
  });
});
