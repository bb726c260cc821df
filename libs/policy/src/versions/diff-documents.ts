import type {
  PolicyDiff,
  PolicyDocument,
  PolicyFieldChange,
  PolicyRule,
  PolicyRulesDiff,
  TenantPolicy,
} from '@relay/contracts';
import { canonicalJson } from '@relay/core';

type StructuredDiff = Pick<PolicyDiff, 'equal' | 'fields' | 'rules' | 'tenants'>;

/** Ids that stand in the same order in both, from the last to the first. */
type Chain = { readonly id: string; readonly place: number; readonly length: number; readonly rest: Chain } | null;

const NOTHING: TenantPolicy = { defaults: {}, rules: [] };

/** What differs between two documents, part by part; their numbers do not count. */
export function diffDocuments(from: PolicyDocument, to: PolicyDocument): StructuredDiff {
  const fields = diffFields(headOf(from), headOf(to));
  const rules = diffRules(from.rules, to.rules);
  const tenants = diffTenants(from.tenants, to.tenants);
  return { equal: fields.length === 0 && isEmpty(rules) && tenants.length === 0, fields, rules, tenants };
}

function headOf(document: PolicyDocument): object {
  const { rules: _rules, tenants: _tenants, version: _version, ...head } = document;
  return head;
}

function diffTenants(from: PolicyDocument['tenants'], to: PolicyDocument['tenants']): PolicyDiff['tenants'] {
  const befores = new Map(Object.entries(from)); // a tenant may be called `constructor`
  const afters = new Map(Object.entries(to));
  const ids = [...new Set([...befores.keys(), ...afters.keys()])].sort();
  return ids.flatMap((tenant) => {
    const before = befores.get(tenant);
    const after = afters.get(tenant);
    const fields = diffFields({ defaults: before?.defaults ?? {} }, { defaults: after?.defaults ?? {} });
    const rules = diffRules((before ?? NOTHING).rules, (after ?? NOTHING).rules);
    if (before && after && fields.length === 0 && isEmpty(rules)) return [];
    const change = !before ? ('added' as const) : !after ? ('removed' as const) : ('changed' as const);
    return [{ tenant, change, fields, rules }];
  });
}

const isEmpty = ({ added, removed, moved, changed }: PolicyRulesDiff): boolean =>
  added.length + removed.length + moved.length + changed.length === 0;

/** By id. A draft may hold an id twice: then the last of them is compared. */
function diffRules(from: readonly PolicyRule[], to: readonly PolicyRule[]): PolicyRulesDiff {
  const before = new Map(from.map((rule) => [rule.id, rule]));
  const after = new Map(to.map((rule) => [rule.id, rule]));
  const stayed = [...before.keys()].filter((id) => after.has(id));
  const stayedAfter = [...after.keys()].filter((id) => before.has(id));
  const changed = stayedAfter.flatMap((id) => {
    const fields = diffFields(before.get(id) ?? {}, after.get(id) ?? {});
    return fields.length > 0 ? [{ id, fields }] : [];
  });
  return {
    added: [...after.keys()].filter((id) => !before.has(id)),
    removed: [...before.keys()].filter((id) => !after.has(id)),
    moved: movedOf(stayed, stayedAfter),
    changed,
  };
}

/** The fewest ids that, taken out, leave the others in the order that they had: those outside a longest rising chain. */
function movedOf(before: readonly string[], after: readonly string[]): string[] {
  const place = new Map(before.map((id, i) => [id, i]));
  const chains: NonNullable<Chain>[] = [];
  for (const id of after) {
    const at = place.get(id) ?? 0;
    let rest: Chain = null;
    for (const chain of chains) if (chain.place < at && chain.length > (rest?.length ?? 0)) rest = chain;
    chains.push({ id, place: at, length: (rest?.length ?? 0) + 1, rest });
  }
  const kept = new Set<string>();
  let chain = chains.reduce<Chain>((best, next) => (next.length > (best?.length ?? 0) ? next : best), null);
  for (; chain; chain = chain.rest) kept.add(chain.id);
  return after.filter((id) => !kept.has(id));
}

/** Leaves that differ, in order of their paths. Lists are compared as a whole: their order means something. */
function diffFields(from: object, to: object): PolicyFieldChange[] {
  const before = leavesOf(from);
  const after = leavesOf(to);
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const change = { path, from: before.get(path), to: after.get(path) };
    // A leaf is never undefined, so one that is missing differs from one that is null.
    const same = before.has(path) === after.has(path) && canonicalJson(change.from) === canonicalJson(change.to);
    return same ? [] : [change];
  });
}

function leavesOf(value: object, prefix = '', leaves = new Map<string, unknown>()): Map<string, unknown> {
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const isBranch = item !== null && typeof item === 'object' && !Array.isArray(item) && Object.keys(item).length > 0;
    if (isBranch) leavesOf(item, path, leaves);
    else if (item !== undefined) leaves.set(path, item);
  }
  return leaves;
}
