import type { Schemas } from '../../api/client';
import { formatUsd } from '../../format/money';

type Entry = Pick<Schemas['AuditEntry'], 'action' | 'target' | 'detail'>;

/** Logins change nothing, and neither does reading: one dry run writes an entry for each message that it reads. */
export const isChange = ({ action }: Pick<Entry, 'action'>): boolean =>
  !/^(login|logout)\b|\.logout$|-read$/.test(action);

const DONE: Readonly<Record<string, string>> = {
  create: 'made',
  update: 'changed',
  delete: 'removed',
  remove: 'removed',
  disable: 'switched off',
  enable: 'switched on',
  revoke: 'revoked',
  rotate: 'exchanged',
  publish: 'published',
  promote: 'promoted',
  rollback: 'put back as',
  unpublish: 'taken out of force',
  draft: 'drafted',
  discard: 'discarded',
  canary: 'given a canary:',
  'canary-stop': 'canary stopped:',
  invalidate: 'invalidated',
  reload: 'read again',
  acknowledge: 'acknowledged',
};

/** `budget made: of marketing, $5.00 a day`: what was done in words, and to what by its name where the entry has it. */
export function wordsOf(entry: Entry): { readonly deed: string; readonly of: string } {
  const [kind = '', verb = ''] = entry.action.split('.');
  const done = DONE[verb] ?? verb.replaceAll('-', ' ');
  return { deed: `${kind.replaceAll('-', ' ')} ${done}`.trim(), of: nameOf(kind, entry) };
}

function nameOf(kind: string, { target, detail }: Entry): string {
  const text = (name: string): string | null => (typeof detail[name] === 'string' ? detail[name] : null);
  const tenant = text('tenant');
  switch (kind) {
    case 'budget': {
      const limit = text('limitUsd');
      return tenant === null || limit === null
        ? target
        : `of ${tenant}, ${formatUsd(limit)} a ${text('period') ?? 'period'}`;
    }
    case 'key':
      return tenant === null ? target : `${text('key') ?? target} of ${tenant}`;
    case 'user':
      return text('email') ?? target;
    case 'alert':
      return text('rule') ?? target;
    case 'cache':
      return tenant === null ? (target === 'cache' ? '' : target) : `of ${tenant}`;
    default:
      return target;
  }
}
