import { useSyncExternalStore } from 'react';

/** A phone, or a window as narrow as one. */
const narrow = window.matchMedia('(max-width: 45rem)');

export const useNarrow = (): boolean =>
  useSyncExternalStore(
    (changed) => {
      narrow.addEventListener('change', changed);
      return () => narrow.removeEventListener('change', changed);
    },
    () => narrow.matches,
  );
