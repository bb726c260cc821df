import { policyDocumentSchema, type PolicyDocument } from '@relay/contracts';
import { err, ok, type Result } from '@relay/core';
import type { ConfigProblem } from './config-store';
import { locateProblem, type Unlocated } from './locate-problem';
import { readIncludes, type IncludeOptions } from './policy-includes';
import { isFields, locateInParts, mergeParts, type PolicyPart } from './policy-parts';
import { policySourceSchema } from './policy-source.schema';
import { formatPath, problemsOf } from './problem';
import type { YamlSource } from './yaml-source';

/** A policy with everything that it includes. */
export interface ResolvedPolicy {
  readonly document: PolicyDocument;
  /** The document as written, all its parts in one and without `include`. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Its own text, if nothing is included. */
  readonly text: string | null;
  /** Puts a problem where it was written. Paths begin at `policy`, as those of `checkPolicy`. */
  readonly locate: (problem: Unlocated) => ConfigProblem;
}

type Resolved = Result<ResolvedPolicy, readonly ConfigProblem[]>;

/** The policy at the path `at` of a source ('' where the file holds nothing else), whose value is `policy`. */
export function resolvePolicy(
  source: YamlSource,
  at: '' | 'policy',
  policy: unknown,
  options: IncludeOptions,
): Resolved {
  const own: PolicyPart = { source, at, fields: isFields(policy) ? policy : {} };
  const { parts, problems: included } = readIncludes(own, options);
  const locate = (problem: Unlocated): ConfigProblem =>
    locateInParts(parts, { ...problem, path: problem.path.replace(/^policy\.?/, '') });
  const written = inUsualOrder(mergeParts(parts));
  const problems = [...problemsOfOwn(own, policy), ...included, ...doubledRules(written, locate)];
  if (problems.length > 0) return err(problems);
  const parsed = policyDocumentSchema.safeParse(written);
  if (!parsed.success) return err(problemsOf(source.file, policyDocumentSchema, written, parsed.error).map(locate));
  return ok({ document: parsed.data, written, text: at === '' && parts.length === 1 ? source.text : null, locate });
}

const USUAL_ORDER = Object.keys(policyDocumentSchema.shape);

/** Name and version first, whoever wrote what; keys that do not exist last. */
function inUsualOrder(written: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = USUAL_ORDER.filter((key) => key in written);
  return { ...Object.fromEntries(known.map((key) => [key, written[key]])), ...written };
}

function problemsOfOwn({ source, at }: PolicyPart, policy: unknown): ConfigProblem[] {
  const parsed = policySourceSchema.safeParse(policy);
  if (parsed.success) return [];
  return problemsOf(source.file, policySourceSchema, policy, parsed.error).map((problem) => {
    const path = at && problem.path ? `${at}.${problem.path}` : at || problem.path;
    return locateProblem(source, { ...problem, path });
  });
}

/** Rules of one list with one id, each with the place of the first. */
function doubledRules(written: Readonly<Record<string, unknown>>, locate: ResolvedPolicy['locate']): ConfigProblem[] {
  const tenants = Object.entries(isFields(written.tenants) ? written.tenants : {});
  const lists: [string, unknown][] = [['rules', written.rules]];
  for (const [id, scope] of tenants)
    lists.push([formatPath(['tenants', id, 'rules']), isFields(scope) ? scope.rules : []]);
  return lists.flatMap(([path, rules]) => {
    const first = new Map<string, number>();
    return (Array.isArray(rules) ? (rules as unknown[]) : []).flatMap((rule, i) => {
      const id = isFields(rule) ? rule.id : undefined;
      if (typeof id !== 'string') return [];
      const before = first.get(id);
      first.set(id, before ?? i);
      if (before === undefined) return [];
      const { file, line, column } = locate({ path: `${path}[${before}].id`, found: '', allowed: '' });
      const found = `"${id}" a second time; the first is at ${file}:${line ?? 1}:${column ?? 1}`;
      return [locate({ path: `${path}[${i}].id`, found, allowed: 'an id that no other rule has' })];
    });
  });
}
