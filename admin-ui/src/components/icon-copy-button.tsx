import { ActionIcon } from '@mantine/core';
import { IconCheck, IconCopy, IconX } from '@tabler/icons-react';
import { useCopy, type CopyOutcome } from './use-copy';

const LABELS = {
  idle: (what) => `Copy ${what}`,
  copied: (what) => `Copied ${what}`,
  refused: (what) => `The browser did not let ${what} be copied: select it by hand`,
} satisfies Record<CopyOutcome, (what: string) => string>;
const ICONS = { idle: IconCopy, copied: IconCheck, refused: IconX } as const;

/** A small copy button beside what it copies. */
export function IconCopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const { outcome, copy } = useCopy(text);
  const Icon = ICONS[outcome];
  const label = LABELS[outcome](what);
  return (
    <ActionIcon
      variant="subtle"
      color={outcome === 'refused' ? 'red' : 'gray'}
      size="sm"
      title={label}
      aria-label={label}
      onClick={copy}
    >
      <Icon size={14} />
    </ActionIcon>
  );
}
