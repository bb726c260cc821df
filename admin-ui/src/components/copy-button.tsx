import { useEffect, useState } from 'react';
import { Button } from './button';

/** How long the answer stays on the button, in ms. */
const ANSWER_MS = 2_000;

type Outcome = 'idle' | 'copied' | 'refused';

const LABELS = {
  idle: 'Copy',
  copied: 'Copied',
  refused: 'Select it by hand', // browsers give the clipboard to https and to this machine only
} satisfies Record<Outcome, string>;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [outcome, setOutcome] = useState<Outcome>('idle');

  useEffect(() => {
    if (outcome === 'idle') return;
    const timer = setTimeout(() => setOutcome('idle'), ANSWER_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  return (
    <Button onClick={() => void copy(text).then(setOutcome)}>
      <span aria-live="polite">{LABELS[outcome]}</span>
      <span className="visually-hidden"> {what}</span>
    </Button>
  );
}

async function copy(text: string): Promise<Outcome> {
  try {
    await navigator.clipboard.writeText(text);
    return 'copied';
  } catch {
    return 'refused';
  }
}
