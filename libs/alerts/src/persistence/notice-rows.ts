import type { AlertNotice } from '@relay/contracts';

export const NOTICE_COLUMNS = 'id, channel, event, state, attempts, at, sent_at, error';

export interface NoticeRow {
  readonly id: string;
  readonly channel: string;
  readonly event: AlertNotice['event'];
  readonly state: AlertNotice['state'];
  readonly attempts: number;
  readonly at: Date;
  readonly sent_at: Date | null;
  readonly error: string | null;
}

export function toNotice({ id, channel, event, state, attempts, at, sent_at: sentAt, error }: NoticeRow): AlertNotice {
  return {
    ...{ id, channel, event, state, attempts, error },
    ...{ at: at.toISOString(), sentAt: sentAt?.toISOString() ?? null },
  };
}
