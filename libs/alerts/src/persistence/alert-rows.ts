import type { Alert, AlertKind, AlertNotice, AlertRuleView } from '@relay/contracts';
import { messageOf } from '../domain/message';
import type { NoticeContent } from '../domain/notice';
import { KINDS } from '../kinds';

/** A row of `alerts`, with its notices where they were asked for. */
export interface AlertRow {
  readonly id: string;
  readonly rule: string;
  readonly subject: string; // empty: the rule watches all at once
  readonly kind: AlertKind;
  readonly scope: AlertRuleView['scope'];
  readonly severity: Alert['severity'];
  readonly state: Alert['state'];
  readonly value: number;
  readonly peak: number;
  readonly threshold: number;
  readonly window_ms: string; // bigint
  readonly channels: string[];
  readonly since: Date;
  readonly fired_at: Date | null;
  readonly clear_since: Date | null;
  readonly resolved_at: Date | null;
  readonly told_at: Date | null;
  readonly returns: number;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
}

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;

export function contentOf(row: AlertRow, event: NoticeContent['event']): NoticeContent {
  const { id, rule, kind, subject, scope, severity, state, value, peak, threshold, since } = row;
  const named = { kind, subject: subject === '' ? null : subject, scope, value, threshold, unit: KINDS[kind].unit };
  return {
    event,
    alert: {
      ...{ id, rule, severity, state, peak, ...named },
      message: messageOf({ ...named, windowMs: Number(row.window_ms) }),
      since: since.toISOString(),
      firedAt: iso(row.fired_at),
      resolvedAt: iso(row.resolved_at),
    },
  };
}

export function toAlert(row: AlertRow, notices: AlertNotice[]): Alert {
  return {
    ...contentOf(row, 'firing').alert,
    returns: row.returns,
    acknowledgedAt: iso(row.acknowledged_at),
    acknowledgedBy: row.acknowledged_by,
    notices,
  };
}
