import type { PiiKind } from '@relay/contracts';

/** Where something personal or secret stands: UTF-16 offsets, the end exclusive. */
export interface PiiFinding {
  readonly kind: PiiKind;
  readonly start: number;
  readonly end: number;
}

/**
 * Calls `found` for each occurrence, in the order of the text. A detector must take linear time on any text: it looks at a bounded
 * number of characters around each place where a value could begin, and never goes back behind what it has passed.
 */
export type PiiDetector = (text: string, found: (start: number, end: number) => void) => void;

/** Calls `visit` with each match of a global pattern, its offset and its first group. `visit` must not use the pattern itself. */
export function eachMatch(
  pattern: RegExp,
  text: string,
  visit: (value: string, start: number, group: string | undefined) => void,
): void {
  pattern.lastIndex = 0; // shared by all calls: compiling it anew costs more than a short text
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    visit(match[0], match.index, match[1]);
  }
}

const DIGIT_ZERO = 0x30;

export function isDigit(code: number): boolean {
  return code >= DIGIT_ZERO && code <= 0x39;
}

/** The digits of the text, without what separates them. */
export const digitsOf = (text: string): string => text.replace(/\D/g, '');
