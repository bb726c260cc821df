import { locateProblem, type Unlocated } from './locate-problem';
import type { ConfigProblem } from './config-store';
import type { YamlSource } from './yaml-source';

type Fields = Readonly<Record<string, unknown>>;

/** One file of a policy, or what relay.yaml itself says of it. */
export interface PolicyPart {
  readonly source: YamlSource;
  readonly at: string; // path of the policy in the source: '' or 'policy'
  readonly fields: Fields;
}

export const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** Fields of `over` win; mappings are merged all the way down, lists are replaced. */
function merged(under: unknown, over: unknown): unknown {
  if (over === undefined) return under;
  if (!isFields(under) || !isFields(over)) return over;
  const keys = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(under[key], over[key])]));
}

/** Rules one after the other, everything else as `merged` has it. */
function mergedScopes(under: Fields, over: Fields): Fields {
  const rules = [...listOf(under.rules), ...listOf(over.rules)];
  return { ...fieldsOf(merged(under, over)), ...(under.rules || over.rules ? { rules } : {}) };
}

/** One document of all parts, those that come later winning. */
export function mergeParts(parts: readonly PolicyPart[]): Fields {
  return parts.reduce<Fields>((under, { fields }) => {
    const { include: _, ...own } = fields;
    const result: Record<string, unknown> = { ...mergedScopes(under, own) };
    const tenants = { ...fieldsOf(under.tenants) };
    for (const [id, scope] of Object.entries(fieldsOf(own.tenants))) {
      tenants[id] = mergedScopes(fieldsOf(tenants[id]), fieldsOf(scope));
    }
    if (under.tenants || own.tenants) result.tenants = tenants;
    return result;
  }, {});
}

const inside = (at: string, path: string): string => (at && path ? `${at}.${path}` : at || path);
// A tenant's id may hold dots: the rules that belong to it begin at the first `.rules[`.
const RULE = /^((?:tenants\..+?\.)?)rules\[(\d+)\](.*)$/s;

/** Puts a problem of the merged document where it was written; its path begins at the document. */
export function locateInParts(parts: readonly PolicyPart[], problem: Unlocated): ConfigProblem {
  const [, scope = '', index = '', rest = ''] = RULE.exec(problem.path) ?? [];
  if (index !== '') {
    const place = placeOfRule(parts, scope, Number(index));
    if (place) {
      const { part, index: own } = place;
      return locateProblem(part.source, { ...problem, path: inside(part.at, `${scope}rules[${own}]${rest}`) });
    }
  }
  const last = writerOf(parts, problem.path);
  return locateProblem(last.source, { ...problem, path: inside(last.at, problem.path) });
}

function placeOfRule(
  parts: readonly PolicyPart[],
  scope: string,
  index: number,
): { part: PolicyPart; index: number } | undefined {
  let left = index;
  for (const part of parts) {
    const count = rulesOf(part, scope).length;
    if (left < count) return { part, index: left };
    left -= count;
  }
  return undefined;
}

function rulesOf({ fields }: PolicyPart, scope: string): readonly unknown[] {
  const tenant = scope.slice('tenants.'.length, -1);
  return listOf((scope === '' ? fields : fieldsOf(fieldsOf(fields.tenants)[tenant])).rules);
}

/** The last part that has the most of a path, because its value is the one that holds. */
function writerOf(parts: readonly PolicyPart[], path: string): PolicyPart {
  const missing = (part: PolicyPart): number => part.source.missing(inside(part.at, path));
  return parts.reduce((best, part) => (missing(part) <= missing(best) ? part : best));
}
