import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { traceQuery } from '../../api/queries/trace.queries';
import { useUrlState } from '../../state/url-state';
import type { Draft } from './draft';
import { prefillOf } from './prefill';

export type PrefillNote = { readonly tone: 'good' | 'warn' | 'bad'; readonly text: string } | null;

/** Fills the form from the trace that the address names, once: what is changed afterwards stays. */
export function usePrefill(draft: Draft, change: (next: Partial<Draft>) => void): PrefillNote {
  const [params, changeUrl] = useUrlState();
  const id = params.get('trace');
  const trace = useQuery({ ...traceQuery(id ?? ''), enabled: id !== null });
  const filled = trace.data ? prefillOf(trace.data) : null;
  const due = filled !== null && draft.from !== id;
  useEffect(() => {
    if (!due) return;
    change(filled.draft);
    changeUrl({ model: filled.model, ...(filled.tenant === null ? {} : { tenant: filled.tenant }) });
  });
  if (id === null) return null;
  if (trace.isError) return { tone: 'bad', text: `The trace could not be read: ${trace.error.message}` };
  if (!trace.data) return null;
  if (!filled)
    return {
      tone: 'warn',
      text: 'The messages of that request are not kept, or not for your role: there is nothing to fill in.',
    };
  return filled.leftOut
    ? { tone: 'warn', text: 'Filled from a trace; images, files and calls of tools were left out.' }
    : { tone: 'good', text: 'Filled from a trace.' };
}
