import { useEffect, useState } from 'react';

/** How long the outcome is told, in ms. */
const ANSWER_MS = 2_000;

export type CopyOutcome = 'idle' | 'copied' | 'refused';

/** Copies a text, and tells for a moment whether it could: browsers give the clipboard to https and to this machine only. */
export function useCopy(text: string): { readonly outcome: CopyOutcome; readonly copy: () => void } {
  const [outcome, setOutcome] = useState<CopyOutcome>('idle');
  useEffect(() => {
    if (outcome === 'idle') return;
    const timer = setTimeout(() => setOutcome('idle'), ANSWER_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  return { outcome, copy: () => void toClipboard(text).then(setOutcome) };
}

async function toClipboard(text: string): Promise<CopyOutcome> {
  try {
    await navigator.clipboard.writeText(text);
    return 'copied';
  } catch {
    return 'refused';
  }
}
