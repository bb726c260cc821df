import type { UsageFilters, UsageGroup } from '@relay/contracts';
import { repackSql } from './rollup.sql';
import {
  ADDED,
  DIMENSIONS,
  dimensionsOf,
  FILTERED,
  type Grain,
  type Margin,
  marginsOf,
  MEASURES,
  OF_ALL,
  SKETCHES,
  tableOf,
} from './usage-columns';

/** What rows have to be told apart by, beside tenant and time. */
const MARGINS = {
  tenant: 'none',
  key: 'key_id',
  model: 'model',
  servedModel: 'served_model',
  provider: 'provider',
  tag: 'tag',
  policy: 'policy',
  rule: 'rule',
  day: 'none',
  hour: 'none',
  none: 'none',
} as const satisfies Record<UsageGroup, Margin>;

interface Question {
  readonly groupBy: UsageGroup;
  readonly filters: UsageFilters;
}

/** The one dimension that a question needs; null: it needs several. */
export function marginOf({ groupBy, filters }: Question, tagged: boolean): Margin | null {
  const needed = new Set<Margin>(tagged ? ['tag', MARGINS[groupBy]] : [MARGINS[groupBy]]);
  for (const [name, column] of Object.entries(FILTERED))
    if (column !== 'tenant' && filters[name as keyof typeof FILTERED] !== undefined) needed.add(column);
  needed.delete('none');
  const [first, ...others] = needed;
  return others.length > 0 ? null : (first ?? 'none');
}

/** Rows of one margin, of each tenant or of all together, with the columns of rows by all dimensions; the others are null. */
export function marginRowsSql(margin: Margin, grain: Grain, tagged: boolean, ofAll = false): string {
  const columns = dimensionsOf(tagged).map((name) => {
    if (name === 'tenant') return name;
    return `${name === margin ? 'value' : 'NULL::text'} AS ${name}`;
  });
  return `SELECT at, ${columns.join(', ')}, ${MEASURES.join(', ')} FROM ${marginsOf(grain)} WHERE dimension = '${ofAll ? OF_ALL : ''}${margin}'`;
}

const OWN = DIMENSIONS.filter((name) => name !== 'tenant');
const SUMMED = [
  ...ADDED.map((name) => `sum(${name}) AS ${name}`),
  ...SKETCHES.map((name) => `string_agg(${name}, ''::bytea) AS ${name}`),
].join(', ');

/** The sums of each tenant of an hour or day ($1) by each dimension, by none, and by tag, from what is counted of it by all. */
export function sumMarginsSql(grain: Grain): string {
  const oneOf = (result: (name: string) => string, otherwise: string): string =>
    `CASE ${OWN.map((name) => `WHEN grouping(${name}) = 0 THEN ${result(name)}`).join(' ')} ELSE ${otherwise} END`;
  return `
    INSERT INTO ${marginsOf(grain)} (at, dimension, tenant, value, ${MEASURES.join(', ')})
    SELECT $1::timestamptz, dimension, tenant, value, ${ADDED.join(', ')}, ${SKETCHES.map(repackSql).join(', ')}
    FROM (
      SELECT ${oneOf((name) => `'${name}'`, `'none'`)} AS dimension, tenant, ${oneOf((name) => name, 'NULL')} AS value, ${SUMMED}
      FROM ${tableOf(grain, false)} WHERE at = $1::timestamptz
      GROUP BY tenant, GROUPING SETS ((), ${OWN.map((name) => `(${name})`).join(', ')})
      UNION ALL
      SELECT 'tag', tenant, tag, ${SUMMED} FROM ${tableOf(grain, true)} WHERE at = $1::timestamptz GROUP BY tenant, tag
    ) AS day`;
}

/** The same of all tenants together, from those of each: a month by model is then read from some hundred rows, however many tenants there are. */
export function sumTenantsSql(grain: Grain): string {
  return `
    INSERT INTO ${marginsOf(grain)} (at, dimension, tenant, value, ${MEASURES.join(', ')})
    SELECT $1::timestamptz, '${OF_ALL}' || dimension, NULL, value, ${ADDED.join(', ')}, ${SKETCHES.map(repackSql).join(', ')}
    FROM (
      SELECT dimension, value, ${SUMMED} FROM ${marginsOf(grain)}
      WHERE at = $1::timestamptz AND dimension NOT LIKE '${OF_ALL}%' GROUP BY dimension, value
    ) AS day`;
}

/** Of times (`SELECT at`): whether they have sums of all tenants together. Those that an earlier version summed have none. */
export const hasAllSql = (grain: Grain, at: string): string =>
  `EXISTS (SELECT FROM ${marginsOf(grain)} summed WHERE summed.at = ${at} AND summed.dimension = '${OF_ALL}none')`;

/** Times of a series (`$1` to `$2`) that have sums of each tenant and none of all together. */
export const withoutAllSql = (grain: Grain): string => `
  SELECT at FROM generate_series($1::timestamptz, $2::timestamptz, interval '${grain === 'hourly' ? 1 : 24} hours') AS series(at)
  WHERE EXISTS (SELECT FROM ${marginsOf(grain)} own WHERE own.at = series.at AND own.dimension = 'none')
    AND NOT ${hasAllSql(grain, 'series.at')}`;

export const clearMarginsSql = (grain: Grain): string => `DELETE FROM ${marginsOf(grain)} WHERE at = $1::timestamptz`;
