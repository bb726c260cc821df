import type { ProviderConfig, ProviderKind } from '@relay/config';
import { GROQ_BASE_URL } from './groq/groq.adapter';
import { OPENAI_BASE_URL } from './openai/openai.adapter';

const DEFAULTS = {
  openai: OPENAI_BASE_URL,
  groq: GROQ_BASE_URL,
  simulator: null, // answers in this process
} satisfies Record<ProviderKind, string | null>;

/** Where a provider is, to be shown: user, password and query, which may hold a key, are left out. Null if it is nowhere. */
export function publicBaseUrl({ kind, baseUrl }: Pick<ProviderConfig, 'kind' | 'baseUrl'>): string | null {
  const written = kind === 'simulator' ? null : (baseUrl ?? DEFAULTS[kind]);
  if (written === null) return null;
  const { origin, pathname } = new URL(written);
  return `${origin}${pathname}`;
}
