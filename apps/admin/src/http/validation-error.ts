import { RelayError } from '@relay/core';
import type { ArgumentMetadata } from '@nestjs/common';
import { z } from 'zod';

type StandardSchema = NonNullable<ArgumentMetadata['schema']>;
type Validated = Awaited<ReturnType<StandardSchema['~standard']['validate']>>;
/** What a schema of any library finds wrong. */
export type Issue = NonNullable<Validated['issues']>[number];

const UNION_MESSAGE = 'Invalid input'; // Zod's
const MAX_SHOWN = 5; // issues in one message; the first of them gives `param`

/** What, where and what is allowed, for the first few issues. `prefix` is where the checked value stands in the request. */
export function validationError(issues: readonly Issue[], schema: unknown, prefix = ''): RelayError {
  const found = issues.map((issue) => describe(issue, schema, prefix));
  const message = found
    .slice(0, MAX_SHOWN)
    .map(({ where, what }) => (where ? `${where}: ${what}` : what))
    .join('; ');
  const more = found.length > MAX_SHOWN ? `; and ${found.length - MAX_SHOWN} more` : '';
  return new RelayError('invalid_request', message + more, { param: found[0]?.where || undefined });
}

interface Finding {
  readonly where: string;
  readonly what: string;
}

function describe(issue: Issue, schema: unknown, prefix: string): Finding {
  const at = joinPath(prefix, issue.path ?? []);
  const key = unknownKey(issue);
  if (key === undefined) return { where: at, what: formsOf(issue) ?? issue.message };
  const isRoot = (issue.path ?? []).length === 0;
  const allowed = isRoot && schema instanceof z.ZodObject ? `; allowed: ${Object.keys(schema.shape).join(', ')}` : '';
  return { where: joinPath(at, [key]), what: `unknown field${allowed}` };
}

/** What each form of a union wants, where the union has no words of its own for it. */
function formsOf(issue: Issue): string | undefined {
  const { code, errors, message } = issue as Partial<z.core.$ZodIssueInvalidUnion>;
  if (code !== 'invalid_union' || message !== UNION_MESSAGE || !errors?.length) return undefined;
  const forms = errors.map((found) => {
    const said = found.map((inner) => describe(inner, undefined, ''));
    return said.map(({ where, what }) => (where ? `${where}: ${what}` : what)).join(', ');
  });
  return [...new Set(forms)].slice(0, MAX_SHOWN).join('; or ');
}

/** Zod reports an unknown key at the object that holds it. */
function unknownKey(issue: Issue): string | undefined {
  if (!('code' in issue) || issue.code !== 'unrecognized_keys') return undefined;
  const keys = 'keys' in issue && Array.isArray(issue.keys) ? (issue.keys as readonly unknown[]) : [];
  return typeof keys[0] === 'string' ? keys[0] : undefined;
}

/** `messages[0].role` */
function joinPath(prefix: string, path: NonNullable<Issue['path']>): string {
  let text = prefix;
  for (const segment of path) {
    const key = typeof segment === 'object' ? segment.key : segment;
    if (typeof key === 'number') text += `[${key}]`;
    else text += (text ? '.' : '') + String(key);
  }
  return text;
}
