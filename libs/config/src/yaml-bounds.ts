import { isMap, isNode, isScalar, isSeq, type Node } from 'yaml';

const MAX_DEPTH = 64; // levels of lists and mappings

interface Refusal {
  readonly found: string;
  readonly allowed: string;
}

export const TOO_DEEP: Refusal = {
  found: 'lists and mappings nested too deeply',
  allowed: `at most ${MAX_DEPTH} levels`,
};

/**
 * The first part that no configuration needs and that costs too much to go on with: nesting without end, a list or mapping
 * for a key (converting those nested takes exponential time), a key that its mapping has already. Uses no recursion.
 */
export function misshapenNode(root: Node | null): (Refusal & { readonly offset: number }) | undefined {
  const open: { node: unknown; depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, depth } = next;
    if (!isMap(node) && !isSeq(node)) continue;
    if (depth >= MAX_DEPTH) return { ...TOO_DEEP, offset: node.range?.[0] ?? 0 };
    if (isSeq(node)) {
      for (const item of node.items) open.push({ node: item, depth: depth + 1 });
      continue;
    }
    const keys = new Set<string>();
    for (const { key, value } of node.items) {
      const offset = (isNode(key) ? key.range?.[0] : undefined) ?? node.range?.[0] ?? 0;
      if (!isScalar(key)) return { found: 'a key that is no plain text', allowed: 'a text as the key', offset };
      const name = String(key.value);
      if (keys.has(name)) return { found: 'Map keys must be unique', allowed: 'well-formed YAML', offset };
      keys.add(name);
      open.push({ node: value, depth: depth + 1 });
    }
  }
  return undefined;
}

const FREE_VALUES = 10_000; // that a document may have, however short it is

/**
 * What only aliases make, and shows in the value: nesting, cycles included, and more values than a text of `chars` characters
 * could write out.
 */
export function expandedTooFar(root: unknown, chars: number): Refusal | undefined {
  const limit = Math.max(FREE_VALUES, chars);
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  let count = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (value === null || typeof value !== 'object') continue;
    if (depth >= MAX_DEPTH) return TOO_DEEP;
    const items: unknown[] = Object.values(value);
    count += items.length;
    if (count > limit) return { found: 'aliases that stand for too much', allowed: `at most ${limit} values` };
    for (const item of items) open.push({ value: item, depth: depth + 1 });
  }
  return undefined;
}
