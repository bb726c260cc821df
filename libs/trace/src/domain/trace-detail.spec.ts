import { aTrace } from '../../test/trace-record.builder';
import { detailText, type TraceDetailColumn, unpackAttempts, unpackPredicted } from './trace-detail';
import { type Features, featuresText, type KnownOfRow, unpackFeatures } from './trace-features';
import type { TraceRecord } from './trace-record';

const AT = Date.UTC(2026, 2, 3, 12);
const row = { at: AT, tenant: 'acme', model: 'auto', stream: true, user: 'ann', tags: ['web'] };

/** As the policy writes them down. */
const facts = {
  'tenant.id': 'acme',
  'tenant.tier': 'standard',
  'tenant.tags': [],
  'tenant.weight': 1,
  'tenant.spentUsd': 3.5,
  'key.name': 'ci',
  'key.scopes': ['inference'],
  'request.operation': 'chat',
  'request.model': 'auto',
  'request.stream': true,
  'request.n': 1,
  'request.tags': ['web'],
  'request.priority': '',
  'request.user': 'ann',
  'request.prefer': '',
  'request.hasTools': false,
  'request.toolCount': 0,
  'request.responseFormat': 'text',
  'request.maxTokens': 0,
  'request.temperature': 0,
  'features.inputTokens': 20,
  'features.outputTokens': 53,
  'features.predictedTokens': 126,
  'features.turns': 1,
  'features.images': 0,
  'features.systemHash': '',
  'features.hasSystem': false,
  'features.hour': 12,
  'features.weekday': 2,
  'features.task': 'code',
  'features.language': null,
  'features.complexity': null,
  'features.injection': null,
  'features.pii': null,
};

const packFeatures = (features: Features, of: KnownOfRow): Features =>
  JSON.parse(featuresText(features, of)) as Features;
const packDetail = (trace: TraceRecord): TraceDetailColumn | null =>
  JSON.parse(detailText(trace, AT, null) ?? 'null') as TraceDetailColumn | null;

describe('features as they are kept', () => {
  it('are those that the row does not tell, and come back whole', () => {
    const kept = packFeatures(facts, row);
    expect(kept).toEqual({
      '-': 1,
      'tenant.spentUsd': 3.5,
      'key.name': 'ci',
      'request.temperature': 0,
      'features.inputTokens': 20,
      'features.outputTokens': 53,
      'features.task': 'code',
    });
    expect(unpackFeatures(kept, row)).toEqual(facts);
  });

  it.each([
    ['another tenant than the row', { 'tenant.id': 'other', 'request.tags': ['x'], 'features.hour': 3 }],
    ['masked', { 'request.user': '[email]', 'features.predictedTokens': 1 }],
    ['unknown yet', { 'features.new': 'value' }],
  ])('come back as they were where they are %s', (_, changes) => {
    const odd = { ...facts, ...changes };
    expect(unpackFeatures(packFeatures(odd, row), row)).toEqual(odd);
  });

  it('stay as they are where some are missing, as in rows of other versions', () => {
    const few = { 'features.inputTokens': 5 };
    expect(packFeatures(few, row)).toEqual(few);
    expect(unpackFeatures(few, row)).toEqual(few);
  });
});

describe('attempts and predictions as they are kept', () => {
  it('come back as they were', () => {
    const sent = { provider: 'mock', model: 'm', outcome: 'ok', upstreamStatus: null, startMs: 1, durationMs: 2 };
    const attempts = [sent, { ...sent, inputTokens: 0, costUsd: '0.1' }];
    const usual = { ttftMs: null, waitMs: 0, costUsd: 0, quality: 0.7, totalMs: null, ttftP90Ms: null };
    const all = { ...usual, inputTokens: 20, outputTokens: 53, serviceP50Ms: 1, serviceP90Ms: 2 };
    const several: Record<string, number | null>[] = [all, usual, { other: 1 }, {}];
    for (const predicted of several) {
      const kept = packDetail(aTrace(AT, { attempts, predicted }));
      expect(unpackAttempts(kept?.a)).toEqual(attempts);
      expect(unpackPredicted(kept?.p)).toEqual(predicted);
    }
  });

  it('are nothing where there is nothing', () => {
    const nothing = { attempts: [], stages: [], features: null, scores: null, predicted: null };
    expect(packDetail(aTrace(AT, nothing))).toBeNull();
  });
});
