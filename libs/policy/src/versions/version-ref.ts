/** Which version is meant. */
export type StoredRef =
  | { readonly kind: 'published' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'number'; readonly name: string | null; readonly version: number };

/** Which policy is meant; see `policyRefSchema`. */
export type VersionRef = StoredRef | { readonly kind: 'file' };

/** A reference as it stands in an address or a body; `null` if it is none. */
export function parseVersionRef(text: string): VersionRef | null {
  if (text === 'published' || text === 'latest' || text === 'file') return { kind: text };
  const [, name, digits] = /^(?:([A-Za-z0-9._-]{1,64})@)?([1-9]\d{0,9})$/.exec(text) ?? [];
  return digits === undefined ? null : { kind: 'number', name: name ?? null, version: Number(digits) };
}
