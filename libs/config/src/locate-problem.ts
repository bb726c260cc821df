import type { ConfigProblem } from './config-store';
import type { Position } from './position';
import { UNKNOWN_KEY } from './problem';
import type { YamlSource } from './yaml-source';

/** A problem of a document, before it is known where the document was written. */
export type Unlocated = Omit<ConfigProblem, 'file' | 'line' | 'column'>;

// How the compiler of conditions says where in a condition something is wrong.
const INSIDE = / at line (\d+), column (\d+)(?= \(rule |$)/;

/** Completes a problem with file, line and column; `path` is its place in `source`. */
export function locateProblem(source: YamlSource, { path, found, allowed }: Unlocated): ConfigProblem {
  return { file: source.file, path, found, allowed, ...positionOf(source, path, found) };
}

function positionOf(source: YamlSource, path: string, found: string): Position {
  if (found === UNKNOWN_KEY) return source.positionOfKey(path);
  const [, line, column] = INSIDE.exec(found) ?? [];
  return source.positionOf(path, line ? { line: Number(line), column: Number(column) } : undefined);
}
