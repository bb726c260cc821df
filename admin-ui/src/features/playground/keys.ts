import { useSyncExternalStore } from 'react';
import { api, dataOf } from '../../api/client';
import { beforeLogout, currentUserId, onSession } from '../../auth/session';

/** A temporary key is good for so long, in ms, and for so many requests a minute. */
export const KEY_LIFE_MS = 3_600_000;
export const KEY_REQUESTS_PER_MINUTE = 60;
/** One that is about to expire is replaced, in ms. */
const RENEW_BEFORE_MS = 60_000;
/** A relay that does not answer holds up no logout for longer, in ms. */
const REVOKE_TIMEOUT_MS = 2_000;

export interface TemporaryKey {
  readonly id: string;
  readonly tenant: string;
  readonly prefix: string;
  readonly value: string;
  readonly expiresAt: number;
}

/** In the memory of this module only: neither storage nor the page's address ever has a key. */
interface Keys {
  readonly temporary: readonly TemporaryKey[];
  readonly pasted: string;
}

const NONE: Keys = { temporary: [], pasted: '' };
let keys: Keys = NONE;
const listeners = new Set<() => void>();

export const useKeys = (): Keys => useSyncExternalStore(subscribe, () => keys);
export const setPasted = (pasted: string): void => set({ ...keys, pasted });

/** Keys that are being made: two requests at once take the same. */
const making = new Map<string, Promise<string>>();

/** The key of this tenant, made at the first call and again when it is about to expire. */
export function temporaryKey(tenant: string): Promise<string> {
  const known = keys.temporary.find((key) => key.tenant === tenant);
  if (known && Date.now() < known.expiresAt - RENEW_BEFORE_MS) return Promise.resolve(known.value);
  const made = making.get(tenant) ?? makeKey(tenant).finally(() => making.delete(tenant));
  making.set(tenant, made);
  return made;
}

async function makeKey(tenant: string): Promise<string> {
  const expiresAt = Date.now() + KEY_LIFE_MS;
  const maker = currentUserId();
  const made = await dataOf(
    api.POST('/api/tenants/{id}/keys', {
      params: { path: { id: tenant } },
      body: {
        name: 'playground',
        scopes: ['inference'],
        limits: { requestsPerMinute: KEY_REQUESTS_PER_MINUTE },
        expiresAt: new Date(expiresAt).toISOString(),
      },
    }),
  );
  const key: TemporaryKey = { id: made.id, tenant, prefix: made.prefix, value: made.key, expiresAt };
  const others = keys.temporary.filter((other) => other.tenant !== tenant);
  if (currentUserId() === maker) set({ ...keys, temporary: [...others, key] });
  return key.value;
}

/** Takes a key back at the relay, and then forgets it here: one that could not be taken back stays in sight. */
export async function revoke({ id, tenant }: TemporaryKey): Promise<void> {
  const signal = AbortSignal.timeout(REVOKE_TIMEOUT_MS);
  await dataOf(
    api.DELETE('/api/tenants/{id}/keys/{keyId}', {
      params: { path: { id: tenant, keyId: id } },
      signal,
      keepalive: true, // is sent even if the page is being closed
    }),
  );
  set({ ...keys, temporary: keys.temporary.filter((key) => key.id !== id) });
}

const revokeAll = (): Promise<unknown> => Promise.allSettled(keys.temporary.map(revoke));

beforeLogout(revokeAll);
/** Whose they are: the next person at this page has none of them. */
let owner = currentUserId();
onSession(() => {
  if (currentUserId() === owner) return;
  owner = currentUserId();
  making.clear();
  set(NONE);
});
window.addEventListener('pagehide', ({ persisted }) => {
  if (!persisted) void revokeAll();
});

function set(next: Keys): void {
  keys = next;
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
