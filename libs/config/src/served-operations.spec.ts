import { checkReferences } from './references';

const problemsOf = (provider: object, model: object = {}): string[] =>
  checkReferences('f', {
    providers: [{ id: 'p', region: 'eu-central-1', apiKey: 'key', ...provider }],
    models: [{ id: 'm', targets: [{ provider: 'p', model: 'x' }], ...model }],
  }).map(({ path, found, allowed }) => `${path}: found ${found}; allowed: ${allowed}`);

describe('the operations of a provider', () => {
  it.each([
    ['simulator', 'embeddings', 'chat'],
    ['google', 'audio.speech', 'chat, embeddings'],
    ['bedrock', 'responses', 'chat, embeddings'],
    ['cohere', 'messages', 'chat, embeddings'],
    ['anthropic', 'embeddings', 'chat, messages'],
  ])('of the kind %s cannot be %s', (kind, operation, allowed) => {
    expect(problemsOf({ kind, operations: ['chat', operation] })).toEqual([
      `providers[0].operations[1]: found "${operation}"; allowed: what the relay can ask of the kind ${kind}: ${allowed}`,
    ]);
    expect(problemsOf({ kind, operations: ['chat'] })).toEqual([]);
  });

  it('may be more than those of its kind where it speaks the protocol of OpenAI', () => {
    expect(problemsOf({ kind: 'ollama', operations: ['chat', 'images.generations'] })).toEqual([]);
  });
});

describe('the operations of a model', () => {
  it('are such as one of its targets serves, by translation too', () => {
    expect(problemsOf({ kind: 'simulator' }, { operations: ['responses', 'embeddings'] })).toEqual([
      'models[0].operations[1]: found "embeddings"; allowed: what its targets serve: chat, completions, responses, messages',
    ]);
    const operations = ['embeddings'];
    expect(problemsOf({ kind: 'vllm' }, { operations })).toEqual([]);
    expect(problemsOf({ kind: 'vllm', operations: ['chat'] }, { operations })).toHaveLength(1);
  });

  it('are not judged by targets of which nothing is known', () => {
    const targets = [{ provider: 'p' }, { provider: 'q' }, null, 'p'];
    expect(problemsOf({ kind: 'simulator' }, { operations: ['embeddings'], targets })).toEqual([
      expect.stringContaining('targets[1].provider'),
    ]);
    expect(problemsOf({ kind: 'opeani' }, { operations: ['embeddings'] })).toEqual([]);
  });
});
