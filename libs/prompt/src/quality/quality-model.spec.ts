import { digestOf, featureCount, type LinearArtifact } from '../linear';
import { QUALITY_FEATURES, QUALITY_KIND, QualityModel } from './quality-model';

function artifact(change: Partial<LinearArtifact> = {}): string {
  const one: LinearArtifact = {
    format: 'relay-linear-1',
    features: QUALITY_FEATURES,
    link: 'identity',
    heads: ['large', 'small', 'tiny'],
    bias: [1.2, 0.4, -0.3],
    scales: [1, 1, 1],
    weights: Buffer.alloc(featureCount(QUALITY_FEATURES) * 3).toString('base64'),
    idf: null,
    info: { kind: QUALITY_KIND },
    digest: '',
    ...change,
  };
  return JSON.stringify({ ...one, digest: digestOf(one) });
}

function parsed(json: string): QualityModel {
  const model = QualityModel.parse(json);
  if (!model.ok) throw new Error(model.error);
  return model.value;
}

describe('QualityModel', () => {
  it('gives each model it was trained on an expected score from 0 to 1', () => {
    const model = parsed(artifact());
    expect(model.models).toEqual(['large', 'small', 'tiny']);
    expect([...model.predict('any prompt')]).toEqual([
      ['large', 1],
      ['small', 0.4],
      ['tiny', 0],
    ]);
  });

  it('keeps what it predicted for one prompt when it is asked about another', () => {
    const model = parsed(artifact());
    const first = model.predict('one');
    const copy = new Map(first);
    model.predict('two');
    expect(first).toEqual(copy);
  });

  it.each([
    ['a model of another kind', artifact({ info: { kind: 'task' } }), 'another kind'],
    ['probabilities of classes', artifact({ link: 'softmax' }), 'another kind'],
    ['a changed file', artifact().replace('1.2', '1.3'), 'digest'],
  ])('refuses %s', (_, json, why) => {
    expect(QualityModel.parse(json)).toEqual({ ok: false, error: expect.stringContaining(why) });
  });
});
