import type { Schemas } from '../../api/client';
import type { Budget } from '../../api/queries/budgets.queries';
import { compareUsd, formatUsd } from '../../format/money';

export interface Incident {
  readonly id: string;
  readonly grave: boolean;
  readonly text: string;
  readonly to: string;
}

/** Warnings of the system that say what the list says itself. */
const TOLD_OTHERWISE: readonly string[] = [
  'alerts-firing',
  'breaker-open',
] satisfies Schemas['System']['warnings'][number]['code'][];

/** Alerts that fire and nobody has taken on. */
export const ofAlerts = (alerts: readonly Schemas['Alert'][]): readonly Incident[] =>
  alerts
    .filter(({ acknowledgedAt }) => acknowledgedAt === null)
    .map(({ id, severity, message }) => ({ id, grave: severity === 'critical', text: message, to: '/alerts' }));

export const ofSystem = (warnings: Schemas['System']['warnings']): readonly Incident[] =>
  warnings
    .filter(({ code, severity }) => severity !== 'info' && !TOLD_OTHERWISE.includes(code))
    .map(({ code, severity, message }) => ({ id: code, grave: severity === 'critical', text: message, to: '/system' }));

/** Budgets that are used up, and those that will be before they renew. */
export function ofBudgets(budgets: readonly Budget[]): readonly Incident[] {
  const over = budgets.filter(({ state }) => state === 'exceeded');
  const passing = budgets.filter(
    ({ state, forecastUsd, limitUsd }) =>
      state !== 'exceeded' && forecastUsd !== null && compareUsd(forecastUsd, limitUsd) > 0,
  );
  return [
    ...over.map(({ id, tenant, period, limitUsd, hard }) => ({
      id,
      grave: hard,
      text: `${tenant} has used up ${formatUsd(limitUsd)} a ${period}${hard ? ': its requests are refused' : ''}`,
      to: '/cost?tab=budgets',
    })),
    ...passing.map(({ id, tenant, forecastUsd, limitUsd }) => ({
      id,
      grave: false,
      text: `${tenant} will pass its budget of ${formatUsd(limitUsd)}: ${formatUsd(forecastUsd)} are expected this month`,
      to: '/cost?tab=budgets',
    })),
  ];
}

export const gravestFirst = (incidents: readonly Incident[]): readonly Incident[] =>
  [...incidents].sort((a, b) => Number(b.grave) - Number(a.grave));
