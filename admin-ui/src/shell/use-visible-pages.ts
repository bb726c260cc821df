import { PAGES, type PageEntry } from '../app/pages';
import { may } from '../auth/roles';
import { useUser } from '../auth/use-session';

/** The pages that this user may see. */
export function useVisiblePages(): readonly PageEntry[] {
  const { role } = useUser();
  return PAGES.filter(({ needs }) => needs === undefined || may(role, needs));
}
