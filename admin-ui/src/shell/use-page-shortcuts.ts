import { useNavigate } from 'react-router';
import { useShortcuts } from '../state/shortcuts';
import { useScopedPath } from '../state/scoped-path';
import { useVisiblePages } from './use-visible-pages';

/** G and a letter lead to each page. */
export function usePageShortcuts(): void {
  const navigate = useNavigate();
  const scoped = useScopedPath();
  const pages = useVisiblePages();
  useShortcuts(
    pages.map(({ key, label, path }) => ({
      keys: `g ${key}`,
      what: `Go to ${label}`,
      run: () => void navigate(scoped(path)),
    })),
  );
}
