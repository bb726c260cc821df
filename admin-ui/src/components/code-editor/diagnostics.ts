import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';

/** Something wrong at a place of the text; line and column from 1. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** From the place to the end of its line, within the text: it may have changed since it was looked at. */
export function diagnosticsOf(text: Text, problems: readonly Problem[]): Diagnostic[] {
  return problems.map(({ line, column, message, severity }) => {
    const found = text.line(Math.max(1, Math.min(text.lines, line)));
    const from = Math.min(found.to, found.from + Math.max(0, column - 1));
    return { from, to: Math.max(from, found.to), message, severity };
  });
}
