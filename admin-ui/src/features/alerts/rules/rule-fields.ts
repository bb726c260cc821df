import type { Schemas } from '../../../api/client';
import { ENTRY, fromEntry, KINDS, toEntry } from '../alert-values';
import type { AlertRule } from '../alerts.queries';

const MINUTE_MS = 60_000;

/** A rule as fields of a form; null is for what the relay fills in. Times are minutes. */
export interface RuleFields {
  readonly id: string;
  readonly kind: AlertRule['kind'];
  readonly severity: AlertRule['severity'];
  readonly tenant: string;
  readonly model: string;
  readonly provider: string;
  readonly by: NonNullable<AlertRule['by']> | null;
  readonly threshold: number | null; // as ENTRY says
  readonly windowMinutes: number | null;
  readonly minRequests: number | null;
  readonly forMinutes: number | null;
  readonly channels: readonly string[];
}

export const EMPTY_RULE: RuleFields = {
  ...{ id: '', kind: 'error-rate', severity: 'warning', tenant: '', model: '', provider: '', by: null },
  ...{ threshold: null, windowMinutes: null, minRequests: null, forMinutes: null, channels: [] },
};

export const fieldsOf = (rule: AlertRule): RuleFields => ({
  ...{ id: rule.id, kind: rule.kind, severity: rule.severity, by: rule.by, channels: rule.channels },
  ...{ tenant: rule.scope.tenant ?? '', model: rule.scope.model ?? '', provider: rule.scope.provider ?? '' },
  threshold: toEntry(rule.threshold, rule.unit),
  windowMinutes: rule.windowMs / MINUTE_MS,
  minRequests: rule.minRequests,
  forMinutes: rule.forMs / MINUTE_MS,
});

/** Whether all numbers are named: a rule that is there keeps what it is not told, so that an emptied field would change nothing. */
export const isWhole = ({ threshold, windowMinutes, minRequests, forMinutes }: RuleFields): boolean =>
  [threshold, windowMinutes, minRequests, forMinutes].every((value) => value !== null);

/** What both the making and the changing of a rule take; what is null is left out. */
export function bodyOf(fields: RuleFields) {
  const { kind, severity, tenant, model, provider, threshold, windowMinutes, minRequests, forMinutes } = fields;
  const scope = {
    ...(tenant === '' ? {} : { tenant }),
    ...(model === '' ? {} : { model }),
    ...(provider === '' ? {} : { provider }),
  };
  return {
    ...{ severity, scope, channels: [...fields.channels] },
    ...(threshold === null ? {} : { threshold: fromEntry(threshold, KINDS[kind].unit) }),
    ...(windowMinutes === null ? {} : { windowMs: Math.round(windowMinutes * MINUTE_MS) }),
    ...(minRequests === null ? {} : { minRequests }),
    ...(forMinutes === null ? {} : { forMs: Math.round(forMinutes * MINUTE_MS) }),
  };
}

export const createBody = (fields: RuleFields): Schemas['CreateAlertRule'] => ({
  ...{ id: fields.id, kind: fields.kind, enabled: true, keepMs: 5 * MINUTE_MS, repeatMs: 240 * MINUTE_MS, forMs: 0 },
  ...(fields.by === null ? {} : { by: fields.by }),
  ...bodyOf(fields),
});

export const changeBody = (fields: RuleFields): Schemas['ChangeAlertRule'] => ({ ...bodyOf(fields), by: fields.by });

export const thresholdLabel = (kind: AlertRule['kind']): string => ENTRY[KINDS[kind].unit].label;
