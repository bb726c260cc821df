import type { ConfigProblem } from './config-store';
import type { Position } from './position';
import { UNKNOWN_KEY } from './problem';
import type { YamlSource } from './yaml-source';

/** A problem of a document, before it is known where the document was written. */
export interface Unlocated extends Omit<ConfigProblem, 'file' | 'line' | 'column'> {
  /** Where in the text of the value at `path`. */
  readonly inside?: Position;
}

/** Completes a problem with file, line and column; `path` is its place in `source`. */
export function locateProblem(source: YamlSource, { path, found, allowed, inside }: Unlocated): ConfigProblem {
  const position = found === UNKNOWN_KEY ? source.positionOfKey(path) : source.positionOf(path, inside);
  return { file: source.file, path, found, allowed, ...position };
}

/** A problem of a document whose text is not at hand: a place in a value is told in words. */
export function withoutPlace(file: string, { path, found, allowed, inside }: Unlocated): ConfigProblem {
  const place = inside ? ` at line ${inside.line}, column ${inside.column}` : '';
  return { file, path, found: found + place, allowed };
}
