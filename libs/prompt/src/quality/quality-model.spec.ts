import { digestOf, featureCount, FORMAT_FLAGS, type LinearArtifact } from '../linear';
import { LEAF, type ForestArrays } from './forest';
import { qualityArtifact, type QualityArtifact } from './quality-artifact';
import { QUALITY_FEATURES, QualityModel } from './quality-model';

const MODELS = ['large', 'small', 'tiny'];
const LATENT = 1;
const LONG = LATENT + 3; // input of the forest: at least 90 characters

function linear(change: Partial<LinearArtifact> = {}): LinearArtifact {
  const heads = [...MODELS, 'latent 0'];
  const one: LinearArtifact = {
    format: 'relay-linear-1',
    features: QUALITY_FEATURES,
    link: 'identity',
    heads,
    bias: [1.5, 0.4, -0.5, 0],
    scales: [1, 1, 1, 1],
    weights: Buffer.alloc(featureCount(QUALITY_FEATURES) * heads.length).toString('base64'),
    idf: null,
    info: {},
    digest: '',
    ...change,
  };
  return { ...one, digest: digestOf(one) };
}

/** One tree: short prompts are answered by all, long ones by the large model alone. */
const FOREST: ForestArrays = {
  inputs: Int16Array.from([LONG, LEAF, LEAF]),
  thresholds: Float32Array.from([0.5, 0, 0]),
  next: Int32Array.from([1, 0, 1]),
  roots: Int32Array.from([0]),
  values: Uint8Array.from([255, 255, 255, 255, 0, 0]),
};

const artifact = (change: Partial<ForestArrays> = {}, forestShare = 0.5, part = linear()): QualityArtifact =>
  qualityArtifact({ models: MODELS, linear: part, forest: { ...FOREST, ...change }, forestShare });

function parsed(one: QualityArtifact): QualityModel {
  const model = QualityModel.parse(JSON.stringify(one));
  if (!model.ok) throw new Error(model.error);
  return model.value;
}

const expected = (model: QualityModel, text: string): number[] =>
  [...model.predict(text).values()].map((value) => Math.round(value * 1_000) / 1_000);

describe('QualityModel', () => {
  const long = 'a long prompt '.repeat(10);

  it('mixes what the words tell with what the forest tells', () => {
    const model = parsed(artifact());
    expect([...model.predict('short').keys()]).toEqual(MODELS);
    expect(expected(model, 'short')).toEqual([1, 0.7, 0.25]);
    expect(expected(model, long)).toEqual([1, 0.2, 0]);
  });

  it('gives scores from 0 to 1 only', () => {
    expect(expected(parsed(artifact({}, 0)), 'short')).toEqual([1, 0.4, 0]);
  });

  it('keeps what it predicted for one prompt when it is asked about another', () => {
    const model = parsed(artifact());
    const first = model.predict('short');
    const copy = new Map(first);
    model.predict(long);
    expect(first).toEqual(copy);
  });

  it.each([
    ['a model of another kind', linear(), 'no model of quality'],
    ['a changed share', { ...artifact(), forestShare: 0.9 }, 'digest'],
    ['a linear part for other models', artifact({}, 0.5, linear({ heads: ['a', 'b', 'c', 'd'] })), 'linear'],
    ['a linear part that was changed', artifact({}, 0.5, { ...linear(), bias: [0, 0, 0, 0] }), 'linear: digest'],
    ['a walk that goes round', artifact({ next: Int32Array.from([0, 0, 1]) }), 'leads nowhere'],
    ['a child beyond the end', artifact({ next: Int32Array.from([2, 0, 1]) }), 'leads nowhere'],
    ['a leaf without values', artifact({ next: Int32Array.from([1, 0, 2]) }), 'leads nowhere'],
    ['an unknown input', artifact({ inputs: Int16Array.from([LATENT + FORMAT_FLAGS, LEAF, LEAF]) }), 'an input'],
    ['no tree', artifact({ roots: new Int32Array(0) }), 'root'],
    ['half a list of nodes', artifact({ thresholds: Float32Array.from([0.5]) }), 'different count'],
  ])('refuses %s', (_, one, why) => {
    expect(QualityModel.parse(JSON.stringify(one))).toEqual({ ok: false, error: expect.stringContaining(why) });
  });

  it('refuses a file that was cut', () => {
    expect(QualityModel.parse(JSON.stringify(artifact()).slice(0, 500))).toEqual({ ok: false, error: 'no JSON' });
  });
});
