import {
  MAX_POLICY_BYTES,
  resolvePolicy,
  tooLarge,
  YamlSource,
  type ConfigProblem,
  type ParsedRelayConfig,
  type ResolvedPolicy,
} from '@relay/config';
import type { PolicyDocument } from '@relay/contracts';
import { Lexer } from 'yaml';
import { checkPolicy } from './check-policy';
import { policyWarnings } from './policy-warnings';

/** Something wrong with a policy, or most likely not meant. */
export interface PolicyLintProblem {
  readonly line: number; // both count from 1
  readonly column: number;
  readonly path: string; // in the document; '' for all of it
  readonly found: string;
  readonly allowed: string;
  readonly severity: 'error' | 'warning';
}

export interface PolicyLint {
  readonly document: PolicyDocument | null; // null if there are errors
  readonly problems: readonly PolicyLintProblem[];
}

const MAX_PROBLEMS = 200; // told of one document
const MAX_TOKENS = 200_000; // of YAML: a policy of 500 rules has about 45,000
const MAX_OPEN = 256;
const SOURCE = 'policy';

/**
 * All that is wrong with a document that is at hand as text; nothing else is read, so it may include nothing. Without a
 * configuration the names of models are not checked.
 */
export function lintPolicySource(source: string, config: ParsedRelayConfig | null): PolicyLint {
  if (Buffer.byteLength(source) > MAX_POLICY_BYTES) return refused([tooLarge(SOURCE, MAX_POLICY_BYTES)]);
  if (isTooMuch(source)) return refused([TOO_MUCH]);
  const parsed = YamlSource.parse(SOURCE, source);
  if (!parsed.ok) return refused(parsed.error);
  const resolved = resolvePolicy(parsed.value, '', parsed.value.value, { roots: [] });
  if (!resolved.ok) return refused(resolved.error);
  const found = lintPolicy(resolved.value, config);
  const failed = found.some(({ severity }) => severity === 'error');
  const problems = found.slice(0, MAX_PROBLEMS).map(({ file: _, ...problem }) => problem);
  return { document: failed ? null : resolved.value.document, problems };
}

export type LocatedLintProblem = PolicyLintProblem & { readonly file: string };

/** What conditions, names and rules of a policy have wrong, each where it is written; errors first. */
export function lintPolicy(policy: ResolvedPolicy, config: ParsedRelayConfig | null): LocatedLintProblem[] {
  const errors = checkPolicy(policy.document, config).map(policy.locate);
  const known = new Set(errors.map(({ file, path }) => `${file} ${path}`));
  const models = config && new Set(config.models.map(({ id }) => id));
  const warnings = policyWarnings(policy.document, models).map(policy.locate);
  return [
    ...errors.map((problem) => lintProblem(problem, 'error')),
    ...warnings
      .filter(({ file, path }) => !known.has(`${file} ${path}`))
      .map((problem) => lintProblem(problem, 'warning')),
  ];
}

/** A problem of any kind as lint tells it. */
export function lintProblem(problem: ConfigProblem, severity: PolicyLintProblem['severity']): LocatedLintProblem {
  const { file, line = 1, column = 1, path, found, allowed } = problem;
  return { file, line, column, path, found, allowed, severity };
}

function refused(problems: readonly ConfigProblem[]): PolicyLint {
  const told = problems.slice(0, MAX_PROBLEMS).map((problem) => lintProblem(problem, 'error'));
  return { document: null, problems: told.map(({ file: _, ...problem }) => problem) };
}

const TOO_MUCH: ConfigProblem = {
  file: SOURCE,
  path: '',
  found: `more than ${MAX_TOKENS} tokens of YAML, or ${MAX_OPEN} brackets that are open at once`,
  allowed: 'a document that people can read',
  line: 1,
  column: 1,
};

/** Found by the lexer alone, which is quick: the parser takes seconds for these. */
function isTooMuch(source: string): boolean {
  let count = 0;
  let open = 0;
  for (const token of new Lexer().lex(source)) {
    if (token === '[' || token === '{') open++;
    else if (token === ']' || token === '}') open--;
    if (++count > MAX_TOKENS || open > MAX_OPEN) return true;
  }
  return false;
}
