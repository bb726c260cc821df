/** What a verified token says, by the name of the claim. */
export type Claims = Readonly<Record<string, unknown>>;

/** Of a list no more than this many values are looked at: groups of a large company come by the hundred. */
const MAX_VALUES = 1_000;

/** A claim by its name as it is (`https://example.com/roles`), else by its path (`realm_access.roles`). */
export function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, part)) return;
    value = (value as Claims)[part];
  }
  return value;
}

/** The texts of a claim that is a text or a list of them. */
export function textsAt(claims: Claims, name: string): readonly string[] {
  const value = claimAt(claims, name);
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  return value.slice(0, MAX_VALUES).filter((item): item is string => typeof item === 'string');
}

/** The same for claims such as `scope`, where a text is a list with spaces (RFC 8693, 4.2). */
export function wordsAt(claims: Claims, name: string): readonly string[] {
  const value = claimAt(claims, name);
  return typeof value === 'string' ? value.split(' ', MAX_VALUES) : textsAt(claims, name);
}

/** A text of reasonable length, or null. */
export function textAt(claims: Claims, name: string, maxChars: number): string | null {
  const value = claimAt(claims, name);
  return typeof value === 'string' && value.length > 0 && value.length <= maxChars ? value : null;
}
