import { useState } from 'react';
import { browserStore } from '../../../state/storage';

const FACETS_SHOWN = 'relay-trace-facets';

/** Whether the facets stand beside the list, remembered in this browser; at first where there is room for them. */
export function useFacetsShown(): readonly [boolean, () => void] {
  const [shown, setShown] = useState(() => {
    const stored = browserStore.get(FACETS_SHOWN);
    return stored === null ? window.matchMedia('(min-width: 75rem)').matches : stored === '1';
  });
  const toggle = (): void => {
    browserStore.set(FACETS_SHOWN, shown ? '0' : '1');
    setShown(!shown);
  };
  return [shown, toggle];
}
