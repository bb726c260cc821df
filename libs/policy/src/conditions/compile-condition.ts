import type { ASTNode, Environment, ParseResult, SourceRange } from '@marcbachmann/cel-js';
import type { Position } from '@relay/config';
import { err, ok, type Result } from '@relay/core';
import type { Condition } from '../domain/compiled-policy';
import { FACT_FIELDS, FACT_VARIABLES } from '../domain/facts';
import { makeLinear } from './linear-match';
import { syntaxHint } from './syntax-hint';
import { children, placeIn } from './syntax-tree';

export interface ConditionProblem {
  readonly found: string;
  readonly allowed: string;
  /** Where in the condition, if that is known. */
  readonly inside?: Position;
}

/** Names of fields by variable. */
export type KnownFields = Readonly<Record<string, readonly string[]>>;

export const FACT_NAMES: KnownFields = Object.fromEntries(
  FACT_VARIABLES.map((name) => [name, Object.keys(FACT_FIELDS[name])]),
);

/** Parses and type-checks a condition once. What it gives back throws when a request makes it fail, e.g. by an index out of range. */
export function compileCondition(
  environment: Environment,
  text: string,
  known: KnownFields = FACT_NAMES,
): Result<Condition, ConditionProblem> {
  const parsed = parse(environment, text, known);
  if (!parsed.ok) return parsed;
  const unbounded = boundTime(parsed.value.ast, 0);
  if (unbounded) return err(unbounded);
  const checked = parsed.value.check();
  const misread = misreadFact(parsed.value.ast, known);
  if (misread) return err(misread);
  if (!checked.valid) return err(problemOf(checked.error, text, known));
  if (checked.type !== 'bool') {
    return err({
      found: `a condition of type ${checked.type ?? 'unknown'}`,
      allowed: 'a condition that is true or false',
    });
  }
  const evaluate: (context: object) => unknown = parsed.value;
  return ok((context) => evaluate(context) === true);
}

function parse(environment: Environment, text: string, known: KnownFields): Result<ParseResult, ConditionProblem> {
  try {
    return ok(environment.parse(text));
  } catch (error) {
    return err(unreadable(error, text, known));
  }
}

function unreadable(error: unknown, text: string, known: KnownFields): ConditionProblem {
  const problem = problemOf(error, text, known);
  const { range } = celError(error);
  return { ...problem, ...(range && syntaxHint(text, range.start)) };
}

function problemOf(error: unknown, text: string, known: KnownFields): ConditionProblem {
  const { code, summary, range } = celError(error);
  const allowed = code === 'unknown_variable' ? `the features that exist: ${allFields(known)}` : 'a CEL condition';
  return range ? problemAt(text, range, summary, allowed) : { found: summary, allowed };
}

function problemAt(text: string, { start }: SourceRange, found: string, allowed: string): ConditionProblem {
  return { found, allowed, inside: placeIn(text, start) };
}

/** What the library's error classes have in common; they differ by where in the work the error was met. */
function celError(error: unknown): { code?: unknown; summary: string; range?: SourceRange } {
  if (!(error instanceof Error)) return { summary: String(error) };
  const { code, summary, range } = error as Error & { code?: unknown; summary?: string; range?: SourceRange };
  return { code, summary: summary ?? error.message, range };
}

const LOOPS = new Set<unknown>(['all', 'exists', 'exists_one', 'map', 'filter']);
const MAX_LOOPS = 2; // in one another: with lists of 200 that is 40,000 steps, about 10 ms

/** The first place that could keep a request waiting for long; calls of `matches` run in linear time from now on. */
function boundTime(node: ASTNode, loops: number): ConditionProblem | undefined {
  const pattern = makeLinear(node);
  if (pattern) return problemAt(node.input, node.range, pattern.found, pattern.allowed);
  const inside = node.op === 'rcall' && LOOPS.has(node.args[0]) ? loops + 1 : loops;
  if (inside > MAX_LOOPS) {
    return problemAt(
      node.input,
      node.range,
      `${inside} loops in one another`,
      `at most ${MAX_LOOPS} of ${[...LOOPS].join(', ')}`,
    );
  }
  for (const child of children(node.args)) {
    const problem = boundTime(child, inside);
    if (problem) return problem;
  }
  return undefined;
}

/**
 * The first place that reads a fact otherwise than as `variable.field` with a field that exists. The type check lets
 * `has(features.nope)` pass as false; and of `features["task"]` or a copy of `features` nobody could tell what is read.
 */
function misreadFact(node: ASTNode, known: KnownFields): ConditionProblem | undefined {
  if (node.op === 'id') {
    const fields = fieldsOf(known, node.args);
    if (!fields) return undefined;
    const allowed = `its fields by their names: ${inFull(node.args, fields)}`;
    return problemAt(node.input, node.range, `"${node.args}" without a field`, allowed);
  }
  if (node.op === '.' && node.args[0].op === 'id') {
    const [target, field] = node.args;
    const fields = target.op === 'id' ? fieldsOf(known, target.args) : undefined;
    if (!fields || target.op !== 'id' || fields.includes(field)) return undefined;
    return problemAt(
      node.input,
      target.range,
      `no such feature "${target.args}.${field}"`,
      inFull(target.args, fields),
    );
  }
  for (const child of children(node.args)) {
    const problem = misreadFact(child, known);
    if (problem) return problem;
  }
  return undefined;
}

/** The fields of `features` that a condition which compiles reads: it names them all literally. */
export function featuresRead(environment: Environment, text: string): ReadonlySet<string> {
  const read = new Set<string>();
  const visit = (node: ASTNode): void => {
    if (node.op === '.') {
      const [target, field] = node.args;
      if (target.op === 'id' && target.args === 'features') read.add(field);
    }
    children(node.args).forEach(visit);
  };
  visit(environment.parse(text).ast);
  return read;
}

const fieldsOf = (known: KnownFields, variable: string): readonly string[] | undefined =>
  Object.hasOwn(known, variable) ? known[variable] : undefined;
const inFull = (variable: string, fields: readonly string[]): string =>
  fields.map((field) => `${variable}.${field}`).join(', ');

function allFields(known: KnownFields): string {
  return Object.entries(known)
    .map(([name, fields]) => inFull(name, fields))
    .join(', ');
}
