import type { Schemas } from '../../api/client';
import type { Budget } from '../../api/queries/budgets.queries';
import { gravestFirst, ofAlerts, ofBudgets, ofSystem } from './incident-list';

const alert = (id: string, severity: string, acknowledgedAt: string | null = null) =>
  ({ id, severity, acknowledgedAt, message: `alert ${id}` }) as Schemas['Alert'];
const budget = (over: Partial<Budget>) =>
  ({
    id: 'b',
    tenant: 'acme',
    period: 'month',
    limitUsd: '10',
    hard: true,
    state: 'ok',
    forecastUsd: null,
    ...over,
  }) as Budget;

describe('what somebody should look at', () => {
  it('is what fires, unless somebody looks at it already', () => {
    const alerts = [alert('a', 'warning'), alert('b', 'critical'), alert('c', 'critical', '2026-11-22T10:00:00Z')];
    expect(gravestFirst(ofAlerts(alerts)).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('is what the system warns of, once', () => {
    const warnings = [
      { code: 'database-down', severity: 'critical', message: 'down' },
      { code: 'alerts-firing', severity: 'critical', message: 'twice' },
      { code: 'generated-jwt-secret', severity: 'info', message: 'fine' },
    ] as const;
    expect(ofSystem([...warnings]).map(({ text }) => text)).toEqual(['down']);
  });

  it('is budgets that are used up, or will be', () => {
    const found = ofBudgets([
      budget({ state: 'exceeded' }),
      budget({ state: 'exceeded', hard: false, forecastUsd: '12' }),
      budget({ forecastUsd: '12' }),
      budget({ forecastUsd: '9' }),
    ]);
    expect(found.map(({ grave, text }) => [grave, text])).toEqual([
      [true, 'acme has used up $10.00 a month: its requests are refused'],
      [false, 'acme has used up $10.00 a month'],
      [false, 'acme will pass its budget of $10.00: $12.00 are expected this month'],
    ]);
  });
});
