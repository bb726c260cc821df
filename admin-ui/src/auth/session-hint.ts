import { browserStore } from '../state/storage';

/**
 * What this browser knows of a session whose cookie no script can read: that a login was made, so that nobody else asks in vain,
 * and that somebody left, until the relay has heard of it. Holds no secret.
 */
export type SessionHint = 'none' | 'there' | 'leaving';

const NAME = 'relay-session';
const THERE = '1';
const LEAVING = 'leaving';

export function readHint(): SessionHint {
  const stored = browserStore.get(NAME);
  if (stored === null) return 'none';
  return stored === LEAVING ? 'leaving' : 'there';
}

export function writeHint(hint: SessionHint): void {
  browserStore.set(NAME, { none: null, there: THERE, leaving: LEAVING }[hint]);
}

/** Somebody has logged out in another tab. */
export function onLogoutElsewhere(leave: () => void): void {
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === NAME && newValue === LEAVING) leave();
  });
}
