interface Searchable {
  readonly id: string;
  readonly name: string;
  readonly tier: string;
  readonly tags: readonly string[];
}

/** Whether every word is found in what names a tenant. */
export function matchesTenant({ id, name, tier, tags }: Searchable, text: string): boolean {
  const named = [id, name, tier, ...tags].join('\n').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => named.includes(word));
}
