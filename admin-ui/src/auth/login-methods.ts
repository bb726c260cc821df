import type { Schemas } from '../api/client';

export type LoginMethods = Schemas['LoginMethods'];

/** What holds where the relay does not say: the try itself tells the rest. */
const UNKNOWN: LoginMethods = { password: true, oidc: [] };

/** Which ways in the relay offers, asked without a login. */
export async function fetchLoginMethods(signal: AbortSignal): Promise<LoginMethods> {
  const reply = await fetch('/api/auth/methods', { signal }).catch(() => null);
  if (!reply?.ok) return UNKNOWN;
  return reply.json() as Promise<LoginMethods>;
}

/** Where a login provider is begun with, and where it leads back to: a path of the console. */
export function startAddress(startUrl: string, returnTo: string): string {
  const path = returnTo.startsWith('/login') ? '/' : returnTo;
  return `${startUrl}${startUrl.includes('?') ? '&' : '?'}${new URLSearchParams({ returnTo: path })}`;
}
