import type { TenantView } from '@relay/contracts';

/** Of a search; what is beyond is not looked for. */
const MAX_WORDS = 10;

/** In lower case, as they are compared. */
export const wordsOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS);

/** Whether every word is in something that names the tenant. */
export function isNamed({ id, name, tier, tags }: TenantView, words: readonly string[]): boolean {
  const names = [id, name, tier, ...tags].join('\n').toLowerCase();
  return words.every((word) => names.includes(word));
}

/** SQL: the same names of a row of tenants. */
export const NAMES_SQL = `lower(concat_ws(E'\\n', tenant.id, tenant.name, tenant.tier, array_to_string(tenant.tags, E'\\n')))`;
