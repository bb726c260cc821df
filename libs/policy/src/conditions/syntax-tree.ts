import type { ASTNode } from '@marcbachmann/cel-js';
import type { Position } from '@relay/config';

/** The nodes right below one, from its `args`. */
export function children(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(children);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** `features.task` for a node that reads it so; `null` for any other. */
export function factOf(node: ASTNode): string | null {
  if (node.op !== '.') return null;
  const [target, field] = node.args;
  return target.op === 'id' ? `${target.args}.${field}` : null;
}

/** Where the character at `start` stands; both count from 1. */
export function placeIn(text: string, start: number): Position {
  const before = text.slice(0, start).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
