import { err, isStorable, ok, RelayError, type Result } from '@relay/core';

const NOT_TEXT = 'the character U+0000 or half of a surrogate pair';

/** Deeper than any request that an app sends; recursive code below survives ten times as much. */
const MAX_DEPTH = 200;

/**
 * What no schema says and every store or serialiser trips over: U+0000 or half of a surrogate pair in a text, and values nested without end.
 * `name`: of the input itself.
 */
export function checkHostile(root: unknown, name = ''): Result<void, RelayError> {
  const rest: { value: unknown; path: string; depth: number }[] = [{ value: root, path: name, depth: 0 }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value, path, depth } = next;
    if (typeof value === 'string' && !isStorable(value))
      return refuse(path, `holds ${NOT_TEXT}; allowed: text without`);
    if (value === null || typeof value !== 'object') continue;
    if (depth >= MAX_DEPTH) return refuse('', `is nested more than ${MAX_DEPTH} levels deep; allowed: at most that`);
    for (const [key, item] of Object.entries(value)) {
      if (!isStorable(key)) return refuse(path, `has a key with ${NOT_TEXT}; allowed: keys without`);
      rest.push({ value: item, path: path === '' ? key : `${path}.${key}`, depth: depth + 1 });
    }
  }
  return ok(undefined);
}

function refuse(path: string, what: string): Result<never, RelayError> {
  return err(new RelayError('invalid_request', `${path || 'The input'} ${what}.`, path ? { param: path } : {}));
}
