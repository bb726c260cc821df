import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { EMPTY_DRAFT, type Draft } from './draft';

const KEY = ['playground', 'draft'] as const;

/** Kept in memory while somebody is logged in, over other pages too; what was typed is never written to the browser's storage. */
export function useDraft(): readonly [Draft, (change: Partial<Draft>) => void] {
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: KEY, enabled: false, gcTime: Infinity, initialData: EMPTY_DRAFT });
  const change = useCallback(
    (next: Partial<Draft>) => {
      queries.setQueryData<Draft>(KEY, (before = EMPTY_DRAFT) => ({ ...before, ...next }));
    },
    [queries],
  );
  return [data, change];
}
