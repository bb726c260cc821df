import type { Schemas } from '../../api/client';

type Named = Schemas['CacheInvalidation']['named'];

/** `{ tenant: 'acme', tag: 'faq' }` in words: `tenant acme, tag faq`. */
export function namedIn({ all, ...named }: Named): string {
  if (all) return 'everything';
  return Object.entries(named)
    .map(([kind, name]) => `${kind} ${name}`)
    .join(', ');
}
