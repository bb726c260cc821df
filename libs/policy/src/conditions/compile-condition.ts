import type { ASTNode, Environment, ParseResult, SourceRange } from '@marcbachmann/cel-js';
import { err, ok, type Result } from '@relay/core';
import type { Condition } from '../domain/compiled-policy';
import { FACT_FIELDS, FACT_VARIABLES } from '../domain/facts';

export interface ConditionProblem {
  readonly found: string;
  readonly allowed: string;
}

/** Parses and type-checks a condition once. What it gives back throws when a request makes it fail, e.g. by an index out of range. */
export function compileCondition(environment: Environment, text: string): Result<Condition, ConditionProblem> {
  const parsed = parse(environment, text);
  if (!parsed.ok) return parsed;
  const checked = parsed.value.check();
  const unknown = unknownField(parsed.value.ast);
  if (unknown) return err(unknown);
  if (!checked.valid) return err(problemOf(checked.error, text));
  if (checked.type !== 'bool') {
    return err({
      found: `a condition of type ${checked.type ?? 'unknown'}`,
      allowed: 'a condition that is true or false',
    });
  }
  const evaluate: (context: object) => unknown = parsed.value;
  return ok((context) => evaluate(context) === true);
}

function parse(environment: Environment, text: string): Result<ParseResult, ConditionProblem> {
  try {
    return ok(environment.parse(text));
  } catch (error) {
    return err(problemOf(error, text));
  }
}

function problemOf(error: unknown, text: string): ConditionProblem {
  const { code, summary, range } = celError(error);
  const found = `${summary}${range ? ` at ${position(text, range)}` : ''}`;
  return {
    found,
    allowed: code === 'unknown_variable' ? `the features that exist: ${allFeatures()}` : 'a CEL condition',
  };
}

/** What the library's error classes have in common; they differ by where in the work the error was met. */
function celError(error: unknown): { code?: unknown; summary: string; range?: SourceRange } {
  if (!(error instanceof Error)) return { summary: String(error) };
  const { code, summary, range } = error as Error & { code?: unknown; summary?: string; range?: SourceRange };
  return { code, summary: summary ?? error.message, range };
}

/** The type check lets `has(features.nope)` pass as false: here it is refused like any other feature that does not exist. */
function unknownField(node: ASTNode): ConditionProblem | undefined {
  if (node.op === '.' || node.op === '.?') {
    const [target, field] = node.args;
    const fields = target.op === 'id' ? fieldsOf(target.args) : undefined;
    if (fields && target.op === 'id' && !fields.includes(field)) {
      const found = `no such feature "${target.args}.${field}" at ${position(node.input, target.range)}`;
      return { found, allowed: fields.map((name) => `${target.args}.${name}`).join(', ') };
    }
  }
  for (const child of children(node.args)) {
    const problem = unknownField(child);
    if (problem) return problem;
  }
  return undefined;
}

function fieldsOf(variable: string): readonly string[] | undefined {
  const known = FACT_VARIABLES.find((name) => name === variable);
  return known && Object.keys(FACT_FIELDS[known]);
}

function children(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(children);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function position(text: string, { start }: SourceRange): string {
  const before = text.slice(0, start).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function allFeatures(): string {
  return FACT_VARIABLES.flatMap((name) => Object.keys(FACT_FIELDS[name]).map((field) => `${name}.${field}`)).join(', ');
}
