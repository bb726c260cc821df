import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { piiKindSchema, preferenceSchema, serviceLevelSchema, TASKS } from '@relay/contracts';
import { AUTO_VARIANTS } from '../domain/requested-model';
import type { ConditionProblem } from './compile-condition';
import { children, factOf, placeIn } from './syntax-tree';

/** What a fact can be, where that is known. */
interface Values {
  readonly names: readonly string[]; // for people, and to find what was meant
  has(value: unknown): boolean;
}

const oneOf = (names: readonly string[]): Values => ({
  names,
  has: (value) => typeof value !== 'string' || value === '' || names.includes(value),
});
const SHARE: Values = { names: ['0 to 1'], has: (value) => typeof value !== 'number' || (value >= 0 && value <= 1) };
const LANGUAGE: Values = {
  names: ['two lower-case letters of ISO 639-1, such as en', 'und'],
  has: (value) => typeof value !== 'string' || value === '' || /^(?:[a-z]{2}|und)$/.test(value),
};
const FACTS: Readonly<Record<string, Values>> = {
  'features.task': oneOf(TASKS),
  'features.language': LANGUAGE,
  'features.complexity': SHARE,
  'features.injection': SHARE,
  'features.pii': oneOf(piiKindSchema.options),
  'request.prefer': oneOf(preferenceSchema.options),
  'request.priority': oneOf(serviceLevelSchema.options),
};

const COMPARISONS = new Set<string>(['==', '!=', '<', '<=', '>', '>=']);

/**
 * Literals that a fact is compared with and never is, so that the comparison has one outcome for all requests. `models`: names
 * that apps can ask for, if they are known.
 */
export function vainComparisons(
  environment: Environment,
  text: string,
  models: ReadonlySet<string> | null,
): ConditionProblem[] {
  const facts = models ? { ...FACTS, 'request.model': oneOf([...models, ...AUTO_VARIANTS.keys()]) } : FACTS;
  const found: ConditionProblem[] = [];
  const visit = (node: ASTNode): void => {
    for (const { fact, literal } of comparisonsOf(node)) {
      const values = Object.hasOwn(facts, fact) ? facts[fact] : undefined;
      const value = valueOf(literal);
      if (!values || value === undefined || values.has(value)) continue;
      const inside = placeIn(text, literal.range.start);
      found.push({ found: `${JSON.stringify(value)}, which ${fact} never is`, allowed: told(values, value), inside });
    }
    children(node.args).forEach(visit);
  };
  const tree = treeOf(environment, text);
  if (tree) visit(tree);
  return found;
}

function told({ names }: Values, value: unknown): string {
  const start = String(value).slice(0, SAME_START).toLowerCase();
  const meant = start.length < SAME_START ? undefined : names.find((name) => name.startsWith(start));
  return (meant === undefined ? '' : `did you mean "${meant}"? `) + names.join(', ');
}

const SAME_START = 3; // letters, from which on one word suggests another

function treeOf(environment: Environment, text: string): ASTNode | null {
  try {
    return environment.parse(text).ast;
  } catch {
    return null; // told as an error
  }
}

interface Comparison {
  readonly fact: string;
  readonly literal: ASTNode;
}

/** `fact == literal` and its like, either way round; `fact in [literals]`; `literal in fact`. */
function comparisonsOf(node: ASTNode): Comparison[] {
  if (!isBinary(node)) return [];
  const [left, right] = node.args;
  const [leftFact, rightFact] = [factOf(left), factOf(right)];
  if (node.op === 'in' && rightFact !== null) return [{ fact: rightFact, literal: left }];
  if (node.op === 'in' && leftFact !== null && right.op === 'list')
    return right.args.map((literal) => ({ fact: leftFact, literal }));
  if (!COMPARISONS.has(node.op)) return [];
  if (leftFact !== null) return [{ fact: leftFact, literal: right }];
  return rightFact === null ? [] : [{ fact: rightFact, literal: left }];
}

type Binary = Extract<ASTNode, { readonly op: '==' | 'in' }>;

const isBinary = (node: ASTNode): node is Binary => node.op === 'in' || COMPARISONS.has(node.op);

/** A text or a number that is written out; `undefined` for anything else. */
function valueOf(node: ASTNode): string | number | undefined {
  if (node.op === '-_') {
    const value = valueOf(node.args);
    return typeof value === 'number' ? -value : undefined;
  }
  if (node.op !== 'value') return undefined;
  const value: unknown = node.args;
  if (typeof value === 'string' || typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : undefined;
}
