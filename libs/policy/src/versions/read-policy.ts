import { MAX_POLICY_BYTES, type RelayConfig } from '@relay/config';
import type { PolicyDocument, PolicyProblemView } from '@relay/contracts';
import { err, ok, RelayError, type Result } from '@relay/core';
import { lintPolicySource } from '../lint-policy';
import { renderYaml } from './source-text';

const MAX_SHOWN = 100; // problems in one message

/** A policy as it was handed in: YAML text, or the document. */
export interface PolicyContent {
  readonly source?: string;
  readonly document?: Readonly<Record<string, unknown>>;
}

export interface ReadPolicy {
  readonly source: string;
  readonly document: PolicyDocument;
  /** With the configuration in force; errors keep it from being published. */
  readonly problems: readonly PolicyProblemView[];
}

/** A policy that can be kept: one whose conditions compile, whatever models it names. Errors: `body_too_large`, `invalid_request`. */
export function readPolicy(content: PolicyContent, config: RelayConfig): Result<ReadPolicy, RelayError> {
  const param = content.document ? 'document' : 'source';
  const sized = sourceOf(content, param);
  if (!sized.ok) return sized;
  const source = sized.value;
  const { document: usable, problems } = lintPolicySource(source, config);
  const document = usable ?? lintPolicySource(source, null).document; // models that are still to come may be named
  if (!document) return err(new RelayError('invalid_request', `It is no policy:\n${listed(problems)}`, { param }));
  if (!isStorable(document)) {
    const message = 'The policy holds the character U+0000, or half a surrogate pair; allowed: text without them.';
    return err(new RelayError('invalid_request', message, { param }));
  }
  return ok({ source, document, problems });
}

/** The text of a policy, within its bound. */
export function sourceOf({ source, document = {} }: PolicyContent, param = 'source'): Result<string, RelayError> {
  const text = source ?? renderYaml(document);
  if (Buffer.byteLength(text) <= MAX_POLICY_BYTES) return ok(text);
  const message = `The policy is larger than ${MAX_POLICY_BYTES} bytes.`;
  return err(new RelayError('body_too_large', message, { param }));
}

/** One line for each error. */
export function listed(problems: readonly PolicyProblemView[]): string {
  const errors = errorsOf(problems);
  const lines = errors
    .slice(0, MAX_SHOWN)
    .map(
      ({ line, column, path, found, allowed }) =>
        `${line}:${column}: ${path || '(document)'}: found ${found}; allowed: ${allowed}`,
    );
  if (errors.length > MAX_SHOWN) lines.push(`and ${errors.length - MAX_SHOWN} more`);
  return lines.join('\n');
}

const errorsOf = (problems: readonly PolicyProblemView[]): PolicyProblemView[] =>
  problems.filter(({ severity }) => severity === 'error');

/** PostgreSQL's jsonb refuses U+0000 and lone surrogates, which YAML can write as escapes. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !/[\0\p{Surrogate}]/u.test(value);
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
}
