import { classOf, DIGIT, IDEOGRAPH, LETTER, LINE_BREAK, SYMBOL } from './characters';

/** What the look of a text tells, apart from its words. */
interface Shape {
  readonly text: string; // the excerpt, trimmed
  readonly length: number; // characters of the whole prompt
  readonly letters: number;
  readonly upper: number;
  readonly digits: number;
  readonly symbols: number;
  readonly lines: number;
  readonly ideographs: number;
  readonly first: string;
  readonly last: string;
}

type Flag = (shape: Shape) => boolean;

const LENGTHS = [32, 45, 64, 90, 128, 181, 256, 512, 1_024, 2_048, 4_096, 16_384];
const DIGITS = [1, 5, 16, 50];
const LINES = [2, 5, 11, 30];
const MARKS = [
  '?',
  '.',
  ',',
  ':',
  ';',
  '"',
  "'",
  '(',
  '_',
  '=',
  '$',
  '\\',
  '`',
  '```',
  '{',
  '<',
  '  ',
  '\n\n',
  '%',
  '- ',
];

/** Yes or no each. The order is part of every trained model: add at the end, and train anew. */
const FLAGS: readonly Flag[] = [
  ...LENGTHS.map(
    (least): Flag =>
      (shape) =>
        shape.length >= least,
  ),
  ...DIGITS.map(
    (least): Flag =>
      (shape) =>
        shape.digits >= least,
  ),
  ...LINES.map(
    (least): Flag =>
      (shape) =>
        shape.lines >= least,
  ),
  ...MARKS.map(
    (mark): Flag =>
      (shape) =>
        shape.text.includes(mark),
  ),
  ({ digits, text }) => digits > 0.05 * text.length,
  ({ symbols, text }) => symbols > 0.05 * text.length,
  ({ symbols, text }) => symbols > 0.12 * text.length,
  ({ upper, letters }) => upper > 0.05 * letters,
  ({ upper }) => upper > 2,
  ({ upper }) => upper === 0,
  ({ ideographs, letters }) => ideographs > letters,
  ({ first }) => first !== first.toUpperCase(), // begins with a lower-case letter: typed into a search box
  ({ last }) => last === '?',
  ({ last }) => last === '.',
  ({ last }) => last === ':',
  ({ last }) => /[\p{L}\p{N}]/u.test(last),
  ({ text }) => text.indexOf('?') !== text.lastIndexOf('?'),
  ({ text }) => /\n\(?B[.):]\s/.test(text), // choices in lines of their own
  ({ text }) => /[^.]\. \S[^.]*\. \S/.test(text), // several sentences
  ({ text }) => /\b(?:def|class|function|import|const|public|SELECT|return)\s[\w*(]/.test(text),
  ({ text }) => /\b\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u.test(text), // a proper name
  ({ text }) => /\\(?:boxed|frac|sqrt|sum|int|text)\b/.test(text),
  ({ text }) => /_{2,}/.test(text), // a gap to fill in
];

export const FORMAT_FLAGS = FLAGS.length;

/** Appends the flags that hold, from index `offset` on, scaled to length 1; gives the position after the last. */
export function writeFormat(
  excerpt: string,
  length: number,
  offset: number,
  indices: Int32Array,
  values: Float32Array,
  at: number,
): number {
  const shape = shapeOf(excerpt.trim(), length);
  let end = at;
  for (let i = 0; i < FLAGS.length; i++) if (FLAGS[i]?.(shape)) indices[end++] = offset + i;
  values.fill(1 / Math.sqrt(end - at), at, end);
  return end;
}

function shapeOf(text: string, length: number): Shape {
  const counts = new Uint32Array(6);
  let upper = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = classOf(code);
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (code >= 65 && code <= 90) upper++;
  }
  return {
    text,
    length,
    letters: counts[LETTER] ?? 0,
    upper,
    digits: counts[DIGIT] ?? 0,
    symbols: counts[SYMBOL] ?? 0,
    lines: 1 + (counts[LINE_BREAK] ?? 0),
    ideographs: counts[IDEOGRAPH] ?? 0,
    first: text.slice(0, 1),
    last: text.slice(-1),
  };
}
