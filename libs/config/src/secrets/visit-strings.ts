import { formatPath } from '../problem';

/** A copy in which each text is replaced by what `change` makes of it and of its path in the document. */
export function visitStrings(root: unknown, change: (text: string, path: string) => unknown): unknown {
  const visit = (value: unknown, at: readonly PropertyKey[]): unknown => {
    if (Array.isArray(value)) return value.map((item, i) => visit(item, [...at, i]));
    if (value !== null && typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, [...at, key])]));
    }
    return typeof value === 'string' ? change(value, formatPath(at)) : value;
  };
  return visit(root, []);
}
