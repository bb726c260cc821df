import type { Scalar } from 'yaml';
import type { Position } from './position';

interface Line {
  readonly text: string;
  readonly start: number; // offset in the raw text
}

/**
 * Where in the raw text of a scalar a position of its value is written, as an offset. Values with escapes on several lines,
 * and folded ones with empty lines, are not followed: there the scalar's first character is told.
 */
export function positionInScalar(scalar: Scalar, raw: string, inside: Position): number {
  const value = String(scalar.value);
  const offset = offsetOf(value, inside);
  const isBlock = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
  const lines = isBlock ? blockLines(raw) : flowLines(raw, isQuoted(raw));
  const glue = scalar.type === 'BLOCK_LITERAL' ? '\n' : ' ';
  const written = lines.map(({ text }) => text).join(glue);
  if (written.trimEnd() === value.trimEnd()) return offsetInLines(lines, offset);
  return raw.includes('\n') ? 0 : escapedOffset(raw, offset);
}

const isQuoted = (raw: string): boolean => raw.startsWith('"') || raw.startsWith("'");

function offsetOf(value: string, { line, column }: Position): number {
  const before = value.split('\n').slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
}

/** The lines after the header, without their common indentation. */
function blockLines(raw: string): Line[] {
  const lines = splitLines(raw).slice(1);
  const indents = lines.filter(({ text }) => text.trim() !== '').map(({ text }) => text.search(/\S/));
  const indent = Math.min(...indents, raw.length);
  return lines.map(({ text, start }) => ({ text: text.slice(indent), start: start + Math.min(indent, text.length) }));
}

/** Plain and quoted text: what surrounds a line break is folded away. */
function flowLines(raw: string, quoted: boolean): Line[] {
  const inner = quoted ? raw.slice(1, -1) : raw;
  const lines = splitLines(inner);
  return lines.map(({ text, start }, i) => {
    const lead = i > 0 ? text.length - text.trimStart().length : 0;
    const body = text.slice(lead);
    return { text: i < lines.length - 1 ? body.trimEnd() : body, start: start + lead + (quoted ? 1 : 0) };
  });
}

function splitLines(text: string): Line[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const found = { text: line.replace(/\r$/, ''), start };
    start += line.length + 1;
    return found;
  });
}

function offsetInLines(lines: readonly Line[], offset: number): number {
  let left = offset;
  for (const { text, start } of lines) {
    if (left <= text.length) return start + left;
    left -= text.length + 1;
  }
  return lines.at(-1)?.start ?? 0;
}

const DOUBLE_QUOTED = /\\x[\da-fA-F]{2}|\\u[\da-fA-F]{4}|\\U[\da-fA-F]{8}|\\.|[^]/g;
const SINGLE_QUOTED = /''|[^]/g;

/** A quoted text on one line: an escape of several characters stands for one. */
function escapedOffset(raw: string, offset: number): number {
  const characters = raw.slice(1, -1).match(raw.startsWith("'") ? SINGLE_QUOTED : DOUBLE_QUOTED) ?? [];
  return characters.slice(0, offset).reduce((sum, character) => sum + character.length, 1);
}
