import { digestOf, parseArtifact, type LinearArtifact } from './artifact';
import { featureCount, Featuriser, type FeatureOptions } from './featuriser';
import { LinearModel } from './linear-model';

const features: FeatureOptions = { wordBits: 10, characterBits: 0, minCharacters: 3, maxCharacters: 5 };
const SIZE = featureCount(features);

/** Two heads; the second adds `weight` x value for the word that is given. */
function artifact(word: string, weight: number, link: LinearArtifact['link'] = 'identity'): LinearArtifact {
  const weights = new Int8Array(SIZE * 2);
  const index = new Featuriser(features).featurise(word).indices[0] ?? 0;
  weights[index * 2 + 1] = weight;
  return sealed({
    format: 'relay-linear-1',
    features,
    link,
    heads: ['other', 'hit'],
    bias: [0.25, 0.5],
    scales: [1, 0.1],
    weights: Buffer.from(weights.buffer).toString('base64'),
    idf: null,
    info: {},
    digest: '',
  });
}

const sealed = (one: LinearArtifact): LinearArtifact => ({ ...one, digest: digestOf(one) });

describe('LinearModel', () => {
  it('adds up the weights of the features of a text, scaled by head, and the bias', () => {
    const model = new LinearModel(artifact('refund', 50));
    expect([...model.scores('nothing of the kind')]).toEqual([0.25, 0.5]);
    const [other = 0, hit = 0] = model.scores('refund');
    expect(other).toBe(0.25);
    // a word alone has two features of equal weight: itself, and that it comes first
    expect(hit).toBeCloseTo(0.5 + (50 * 0.1) / Math.SQRT2, 5);
  });

  it('weighs features by the inverse document frequencies of the artifact', () => {
    const idf = new Uint8Array(SIZE).fill(20);
    idf[new Featuriser(features).featurise('refund').indices[0] ?? 0] = 200;
    const model = new LinearModel(sealed({ ...artifact('refund', 50), idf: Buffer.from(idf).toString('base64') }));
    expect(model.scores('refund')[1]).toBeCloseTo(0.5 + (5 * 10) / Math.hypot(10, 1), 4);
  });

  it('gives probabilities with the links for them, for extreme sums as well', () => {
    const [a = 0, b = 0] = new LinearModel(artifact('refund', 127, 'softmax')).scores('refund');
    expect(a + b).toBeCloseTo(1, 10);
    expect(b).toBeGreaterThan(0.99);
    const extreme = sealed({ ...artifact('refund', 127, 'logistic'), bias: [-5_000, 5_000] });
    expect([...new LinearModel(extreme).scores('refund')]).toEqual([0, 1]);
  });
});

describe('parseArtifact', () => {
  const good = artifact('refund', 50);
  const parse = (value: unknown) => parseArtifact(typeof value === 'string' ? value : JSON.stringify(value));

  it('takes what was written', () => expect(parse(good)).toEqual({ ok: true, value: good }));

  it.each([
    ['half a file', JSON.stringify(good).slice(0, 100), 'no JSON'],
    ['another format', { ...good, format: 'relay-linear-2' }, 'format'],
    ['a changed bias', { ...good, bias: [0.25, 0.6] }, 'digest'],
    ['too few weights', sealed({ ...good, weights: good.weights.slice(0, -8) }), 'weights'],
    ['too few frequencies', sealed({ ...good, idf: 'AAAA' }), 'idf'],
    ['a bias too many', sealed({ ...good, bias: [1, 2, 3] }), 'bias'],
    ['the same head twice', sealed({ ...good, heads: ['hit', 'hit'] }), 'twice'],
    ['no base64', { ...good, weights: '%%%' }, 'weights'],
    ['a table of gigabytes', { ...good, features: { ...features, wordBits: 40 } }, 'wordBits'],
    ['n-grams from long to short', { ...good, features: { ...features, minCharacters: 6 } }, 'minCharacters'],
    ['a number', 7, 'artifact'],
  ])('refuses %s and says why', (_, value, why) => {
    expect(parse(value)).toEqual({ ok: false, error: expect.stringContaining(why) });
  });
});
