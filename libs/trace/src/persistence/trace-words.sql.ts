import type { SqlValues } from './sql-query';

/** As the index request_payloads_words has it: the words of prompt and answer, and their tenant as one more. */
const WORDS = `(to_tsvector('simple', left(payload.search_text, 65536)) || array_to_tsvector(ARRAY['§' || coalesce(payload.tenant, '')]))`;

/** Characters of a payload that an excerpt is looked for in. */
const EXCERPT_CHARS = 20_000;

/** Whether `request_payloads payload` has the words, of these tenants (`null`: of any). Words of which nothing is left match nothing. */
export function hasWords(words: string, tenants: readonly string[] | null, bind: SqlValues['bind']): string {
  const query = `websearch_to_tsquery('simple', ${bind(words)})`;
  const wanted = tenants === null ? query : `(${query} && ${bind(tenants.map(lexeme).join(' | '))}::tsquery)`;
  return `payload.search_text IS NOT NULL AND numnode(${query}) > 0 AND ${WORDS} @@ ${wanted}`;
}

/** A part of the text around the words. */
export function excerptOf(words: string, bind: SqlValues['bind']): string {
  const options = 'StartSel=«, StopSel=», MaxFragments=2, MaxWords=20, MinWords=8, FragmentDelimiter=" … "';
  return `ts_headline('simple', left(payload.search_text, ${EXCERPT_CHARS}), websearch_to_tsquery('simple', ${bind(words)}), '${options}')`;
}

/** As a tsquery writes one. */
function lexeme(tenant: string): string {
  return `'§${tenant.replace(/['\\]/g, '$&$&')}'`;
}
