import type { Icon } from '@tabler/icons-react';

export interface Command {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly icon?: Icon;
  readonly keys?: string;
  readonly always?: boolean; // made from what was typed, so it matches
  readonly run: () => void;
}

/** Commands that have every word that was typed, in the order they came. */
export function matching(commands: readonly Command[], text: string): readonly Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter(
    ({ label, group, always }) => always || words.every((word) => `${label} ${group}`.toLowerCase().includes(word)),
  );
}

const ID = /^[0-9a-f-]{8,64}$/i;

/** Whether this may be the id of a trace or a request: hexadecimal, pasted from a log or a header. */
export const looksLikeId = (text: string): boolean => ID.test(text.trim()) && /\d/.test(text);
