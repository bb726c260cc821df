import type { AlertRule } from '../alerts.queries';
import { changeBody, createBody, EMPTY_RULE, fieldsOf, isWhole } from './rule-fields';

const RULE: AlertRule = {
  id: 'errors',
  kind: 'error-rate',
  enabled: true,
  by: null,
  unit: 'share',
  severity: 'warning',
  source: 'builtin',
  ...{ threshold: 0.07, windowMs: 300_000, minRequests: 20, forMs: 90_000, keepMs: 60_000, repeatMs: 300_000 },
  scope: { tenant: 'acme', model: null, provider: null },
  channels: ['team'],
};

describe('a rule as a form', () => {
  it('changes nothing if nothing was typed', () =>
    expect(changeBody(fieldsOf(RULE))).toEqual({
      ...{ severity: 'warning', scope: { tenant: 'acme' }, channels: ['team'], by: null },
      ...{ threshold: 0.07, windowMs: 300_000, minRequests: 20, forMs: 90_000 },
    }));
  it('is not whole while a number is missing', () => {
    expect(isWhole(fieldsOf(RULE))).toBe(true);
    expect(isWhole({ ...fieldsOf(RULE), threshold: null })).toBe(false);
  });
  it('leaves to the relay what a new rule does not say', () => {
    const body = createBody({ ...EMPTY_RULE, id: 'slow', kind: 'latency-p95', threshold: 2_500 });
    expect(body).toMatchObject({ id: 'slow', kind: 'latency-p95', threshold: 2_500, scope: {}, channels: [] });
    expect(body).not.toHaveProperty('windowMs');
    expect(body).not.toHaveProperty('by');
  });
});
