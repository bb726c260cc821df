import type { AlertSubject } from '@relay/contracts';
import type { AlertRule } from '../domain/rule';

/** Columns of traces and of usage alike. */
const COLUMNS = { tenant: 'tenant', model: 'model', provider: 'provider' } as const satisfies Record<
  AlertSubject,
  string
>;

/** What a rule tells its subjects apart by; the empty text where it watches all at once. */
export const subjectSql = ({ by }: AlertRule): string => (by === null ? `''` : COLUMNS[by]);

/** Conditions of the rule's scope, each begun by AND; adds what the scope names to the values. */
export function namedSql({ scope }: AlertRule, values: unknown[]): string {
  const named = (Object.keys(COLUMNS) as AlertSubject[]).flatMap((what) => {
    const id = scope[what];
    return id === null ? [] : [`AND ${COLUMNS[what]} = $${values.push(id)}`];
  });
  return named.join(' ');
}
