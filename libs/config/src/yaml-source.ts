import { err, ok, type Result } from '@relay/core';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from 'yaml';
import type { ConfigProblem } from './config-store';
import type { Position } from './position';
import { positionInScalar } from './scalar-position';
import { expandedTooFar, misshapenNode, TOO_DEEP } from './yaml-bounds';

const OUT_OF_STACK = /call stack/; // how the parser tells it, as an error of the document
const MAX_ALIASES = 100; // against documents that expand without end

/** What most likely was meant, where conditions invite a mistake. */
function wellFormed({ code, message }: YAMLError): string {
  if (message === 'Unexpected scalar at node end')
    return `well-formed YAML: put the whole condition in quotes if it begins with one, such as '"a" in request.tags'`;
  if (code === 'BLOCK_AS_IMPLICIT_KEY')
    return 'well-formed YAML: one key a line, all keys of a mapping indented alike; quotes around a text with ": " in it';
  return 'well-formed YAML';
}

/** One YAML document and where each of its parts is written. */
export class YamlSource {
  private constructor(
    readonly file: string,
    readonly text: string,
    readonly value: unknown,
    private readonly document: Document.Parsed,
    private readonly lines: LineCounter,
  ) {}

  /** Every syntax error with its line and column. Aliases and nesting are bounded, keys are plain and unique. */
  static parse(file: string, text: string): Result<YamlSource, readonly ConfigProblem[]> {
    const lines = new LineCounter();
    const refuse = (offset: number, found: string, allowed: string): ConfigProblem => {
      const { line, col } = lines.linePos(offset);
      return { file, path: '', found, allowed, line: Math.max(1, line), column: Math.max(1, col) };
    };
    try {
      // The parser's own search for keys that come twice takes quadratic time.
      const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
      const tooDeep = document.errors.find(({ message }) => OUT_OF_STACK.test(message));
      if (tooDeep) return err([refuse(tooDeep.pos[0], TOO_DEEP.found, TOO_DEEP.allowed)]);
      if (document.errors.length > 0) {
        return err(document.errors.map((error) => refuse(error.pos[0], error.message, wellFormed(error))));
      }
      const misshapen = misshapenNode(document.contents);
      if (misshapen) return err([refuse(misshapen.offset, misshapen.found, misshapen.allowed)]);
      const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
      const expanded = expandedTooFar(value, text.length);
      if (expanded) return err([refuse(0, expanded.found, expanded.allowed)]);
      return ok(new YamlSource(file, text, value, document, lines));
    } catch (error) {
      if (error instanceof RangeError) return err([refuse(0, TOO_DEEP.found, TOO_DEEP.allowed)]);
      return err([refuse(0, (error as Error).message, `YAML with at most ${MAX_ALIASES} aliases`)]);
    }
  }

  /**
   * Where the value at a path such as `policy.rules[2].when` is written; for a list or a mapping under a key, the key. What is
   * not there has the position of the nearest part around it. `inside` counts within the text of the value.
   */
  positionOf(path: string, inside?: Position): Position {
    const { key, value, rest } = this.find(path);
    if (inside && rest === '' && isScalar(value) && value.range) {
      const offset = positionInScalar(value, this.text.slice(value.range[0], value.range[1]), inside);
      return this.position(value.range[0] + offset);
    }
    return this.position((key && !isScalar(value) ? key : (value ?? key))?.range?.[0] ?? 0);
  }

  /** Where the key that a path ends with is written. */
  positionOfKey(path: string): Position {
    const { key, rest } = this.find(path);
    return key && rest === '' ? this.position(key.range?.[0] ?? 0) : this.positionOf(path);
  }

  /** How many characters of the path lead to nothing in this document; 0: it is there. */
  missing(path: string): number {
    return this.find(path).rest.length;
  }

  private position(offset: number): Position {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** Follows a path as far as the document goes. Keys may hold dots and brackets: the longest one that fits is taken. */
  private find(path: string): { key: Node | null; value: Node | null; rest: string } {
    let value: Node | null = this.document.contents;
    let key: Node | null = null;
    let rest = path;
    while (rest !== '') {
      const step = this.step(this.resolved(value), rest);
      if (!step) break;
      ({ key, value, rest } = step);
    }
    return { key, value, rest };
  }

  private resolved(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.document) ?? null) : node;
  }

  private step(node: Node | null, rest: string): { key: Node | null; value: Node | null; rest: string } | undefined {
    if (isSeq(node)) {
      const [matched, index] = /^\[(\d+)\]\.?/.exec(rest) ?? [];
      const item = node.items[Number(index)] as Node | undefined;
      return matched !== undefined && item ? { key: null, value: item, rest: rest.slice(matched.length) } : undefined;
    }
    if (!isMap(node)) return undefined;
    let best: { pair: Pair; length: number } | undefined;
    for (const pair of node.items) {
      const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
      const fits = rest.startsWith(name) && ['.', '[', undefined].includes(rest[name.length]);
      if (fits && name.length >= (best?.length ?? 0)) best = { pair, length: name.length };
    }
    if (!best) return undefined;
    const { key, value } = best.pair as Pair<Node, Node | null>;
    return { key, value, rest: rest.slice(best.length).replace(/^\./, '') };
  }
}
