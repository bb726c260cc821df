import { createHash } from 'node:crypto';
import type { PromptText } from '@relay/prompt';
import type { Task } from '@relay/contracts';

/** A prompt with what is known of it. */
export interface Labelled {
  readonly text: PromptText;
  readonly task: Task | null; // null: no rule tells
  readonly complexity: number | null; // 0..1, share of models that fail
  readonly source: string; // where it comes from
}

/** A prompt of one message. */
export const ofUser = (user: string, system = ''): PromptText => ({ system, user, last: user });

const HELD_OUT_SHARE = 0.2;

/** Whether a public row is kept for measuring: by the hash of its text, so that it is the same in every run. */
export function isHeldOut({ text }: Labelled): boolean {
  return createHash('sha256').update(text.user).digest().readUInt32BE(0) / 2 ** 32 < HELD_OUT_SHARE;
}
