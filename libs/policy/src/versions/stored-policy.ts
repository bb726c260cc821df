import { formatProblem, type ConfigProblem } from '@relay/config';
import { policyDocumentSchema, type PolicyDocument } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';
import { labelOf } from './policy-digest';
import type { FullPolicyVersionRow } from './policy-version.rows';

/** What is stored of a version as a policy. What an older or newer relay has stored may be none to this one. */
export function readStored(
  row: Pick<FullPolicyVersionRow, 'name' | 'version' | 'document'>,
): Result<PolicyDocument, readonly ConfigProblem[]> {
  const parsed = policyDocumentSchema.safeParse(row.document);
  if (parsed.success) return ok(parsed.data);
  const problems = parsed.error.issues.map(({ path, message }) => ({
    file: `database, policy ${labelOf(row)}`,
    path: ['policy', ...path.map(String)].join('.'),
    found: 'what this version of the relay does not take',
    allowed: message,
  }));
  return err(problems);
}

/** The same for whoever asked for the version. Errors: `invalid_request`. */
export function documentOf(row: FullPolicyVersionRow, param = 'version'): Result<PolicyDocument, RelayError> {
  const stored = readStored(row);
  if (stored.ok) return stored;
  const message = `${labelOf(row)} is no policy to this relay:\n${stored.error.map(formatProblem).join('\n')}`;
  return err(new RelayError('invalid_request', message, { param }));
}
