import { kindOf, type ProviderConfig } from '@relay/config';
import { OPENAI_BASE_URL } from './openai/openai.adapter';

/** Where a provider is, to be shown: user, password and query, which may hold a key, are left out. Null if it is nowhere. */
export function publicBaseUrl({ kind, baseUrl }: Pick<ProviderConfig, 'kind' | 'baseUrl'>): string | null {
  const known = kindOf(kind).baseUrl ?? (kind === 'openai' ? OPENAI_BASE_URL : null);
  const written = kind === 'simulator' ? null : (baseUrl ?? known);
  if (written === null) return null;
  const { origin, pathname } = new URL(written);
  return `${origin}${pathname}`;
}
