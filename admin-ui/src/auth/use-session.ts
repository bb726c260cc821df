import { useSyncExternalStore } from 'react';
import { currentSession, onSession, type Session, type User } from './session';

export const useSession = (): Session => useSyncExternalStore(onSession, currentSession);

/** Who is logged in; only below the gate, where somebody is. */
export function useUser(): User {
  const session = useSession();
  if (session.kind === 'active' || session.kind === 'ended') return session.user;
  throw new Error('useUser is for what is shown after a login');
}
