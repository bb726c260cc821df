import type { Schemas } from '../../api/client';
import type { Change } from './audit-changes';
import type { AuditEntry } from './audit.queries';

type PolicyDiff = Pick<Schemas['PolicyDiff'], 'fields' | 'rules'>;

/** Which policies an entry exchanged, as the comparison of policies names them; null: it exchanged none. */
export function releaseOf({ action, target, detail }: Pick<AuditEntry, 'action' | 'target' | 'detail'>) {
  const replaced = detail['replaced'];
  if (!/^policy\.(publish|promote|rollback)$/.test(action) || typeof replaced !== 'string') return null;
  return { from: replaced, to: target };
}

/** What differs between two policies, a line for each field and rule. */
export function changesBetween({ fields, rules }: PolicyDiff): readonly Change[] {
  const rule = (id: string, from: string, to: string): Change => ({ field: `rule ${id}`, from, to });
  return [
    ...fields.map(({ path, from = null, to = null }) => ({ field: path, from, to })),
    ...rules.added.map((id) => rule(id, '–', 'added')),
    ...rules.removed.map((id) => rule(id, 'there', 'removed')),
    ...rules.changed.flatMap(({ id, fields: changed }) =>
      changed.map(({ path, from = null, to = null }) => ({ field: `rule ${id}: ${path}`, from, to })),
    ),
    ...rules.moved.map((id) => rule(id, 'there', 'at another place in the order')),
  ];
}
