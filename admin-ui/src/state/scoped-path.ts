import { useLocation } from 'react-router';

const SCOPE = ['tenant', 'range', 'from', 'to'] as const;

/** The address of another page with the same tenant and time range. */
export function useScopedPath(): (path: string) => string {
  const { search } = useLocation();
  return (path) => scopedPath(path, search);
}

export function scopedPath(path: string, search: string): string {
  const now = new URLSearchParams(search);
  const [pathname = '', query] = path.split('?');
  const next = new URLSearchParams(query);
  for (const name of SCOPE) {
    const value = now.get(name);
    if (value !== null && !next.has(name)) next.set(name, value);
  }
  return next.size > 0 ? `${pathname}?${next}` : pathname;
}
