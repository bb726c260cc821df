import { systemClock } from '@relay/core';
import { builtinEmbedder } from './builtin.embedder';

const cosine = (a: Float32Array | null | undefined, b: Float32Array | null | undefined): number => {
  if (!a || !b) throw new Error('there is a vector missing');
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? NaN), 0);
};

describe('the built-in embedder', () => {
  const embedder = builtinEmbedder(systemClock);
  const embed = (...texts: string[]): Promise<(Float32Array | null)[]> => embedder.embed(texts);
  afterAll(() => embedder.close());

  it('gives vectors of 512 dimensions and length 1, closer for what means the same', async () => {
    const [asked, same, other] = await embed(
      'How do I reset my password?',
      'How can I change my password?',
      'What is the capital of France?',
    );
    expect(asked).toHaveLength(512);
    expect(cosine(asked, asked)).toBeCloseTo(1, 5);
    expect(cosine(asked, same)).toBeGreaterThan(0.8);
    expect(cosine(asked, other)).toBeLessThan(0.5);
  });

  it('gives a text the same vector alone and among others', async () => {
    const [alone] = await embed('How do I reset my password?');
    const together = await embed('word '.repeat(100), 'How do I reset my password?', 'hi');
    expect(cosine(alone, together[1])).toBeCloseTo(1, 5);
  });

  it('reads over white space, control characters and typographer’s quotes', async () => {
    const [plain, ...others] = await embed(
      'What\'s "semantic" caching - really?',
      ' What’s  “semantic”\n\tcaching – really?\r\n',
      'What\'s\0 "semantic" caching\u200b - really?',
    );
    for (const other of others) expect(cosine(plain, other)).toBeCloseTo(1, 5);
  });

  it.each([
    ['nothing', ''],
    ['white space', ' \n\t '],
    ['NUL', '\0'],
    ['emoji', 'How are you? 😀'],
    ['Japanese', 'パスワードをリセットするには'],
    ['an unknown letter', 'Where is Ploiești?'],
    ['half a character', 'broken \ud83d'],
    ['more than 128 tokens', `${'the quick brown fox '.repeat(40)}refund my money`],
    ['100 kB', 'lorem ipsum dolor '.repeat(6_000)],
  ])('gives %s no vector: to the model it would look like other texts', async (_name, text) => {
    const [vector, next] = await embed(text, 'hello');
    expect(vector).toBeNull();
    expect(next).toHaveLength(512);
  });

  it('gives the gist of a text with some of it unknown or behind the end, but of no other script', async () => {
    const answer = 'You can reset your password in the settings.';
    const [plain] = await embed(answer);
    const long = `${answer} ${'the quick brown fox '.repeat(200)}`;
    const [decorated, cut, foreign] = await embedder.embed([`✅ ${answer} 😀`, long, 'パスワードをリセット'], {
      gist: true,
    });
    expect(cosine(plain, decorated)).toBeGreaterThan(0.9);
    expect(cut).toHaveLength(512);
    expect(foreign).toBeNull();
  });
});
