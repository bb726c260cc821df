import { Button } from './button';
import { useCopy, type CopyOutcome } from './use-copy';

const LABELS = {
  idle: 'Copy',
  copied: 'Copied',
  refused: 'Select it by hand',
} satisfies Record<CopyOutcome, string>;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const { outcome, copy } = useCopy(text);
  return (
    <Button onClick={copy}>
      <span aria-live="polite">{LABELS[outcome]}</span>
      <span className="visually-hidden"> {what}</span>
    </Button>
  );
}
