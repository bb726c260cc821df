import { createTwoFilesPatch } from 'diff';

const CONTEXT_LINES = 3;
/** Two long texts with little in common take time in the product of their lengths; a gateway may run in this process. */
const TIMEOUT_MS = 50;

/** A side of a comparison. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** A unified diff; empty for equal texts, `null` where the two have too little in common to tell it in time. */
export function unifiedDiff(from: NamedText, to: NamedText): string | null {
  if (from.text === to.text) return '';
  const options = { context: CONTEXT_LINES, timeout: TIMEOUT_MS };
  const patch = createTwoFilesPatch(from.name, to.name, from.text, to.text, undefined, undefined, options);
  // The first line is a ruler that only other tools' patches of several files need.
  return patch === undefined ? null : patch.slice(patch.indexOf('--- '));
}
