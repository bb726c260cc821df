import { Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import type {
  PageQuery,
  PolicyDiff,
  PolicyDiffQuery,
  PolicyDocument,
  PolicyLintReply,
  PolicyOverview,
  PolicyVersionDetail,
  PolicyVersionPage,
} from '@relay/contracts';
import { err, ok, RelayError, traceIdTime, type Result } from '@relay/core';
import type { EntityManager } from 'typeorm';
import { toPolicyCanary } from '../canary/canary.rows';
import { CanaryRepository } from '../canary/canary.repository';
import { lintPolicySource } from '../lint-policy';
import { diffDocuments } from './diff-documents';
import { labelOf, policyDigest } from './policy-digest';
import { PolicyVersionRepository } from './policy-version.repository';
import { toPolicyVersion, type FullPolicyVersionRow } from './policy-version.rows';
import { PublishedPolicy } from './published-policy';
import { sourceOf } from './read-policy';
import { renderYaml } from './source-text';
import { documentOf, readStored } from './stored-policy';
import { unifiedDiff } from './text-diff';
import { parseVersionRef, type VersionRef } from './version-ref';

/** A policy to compare or to explain: a version, or the file's, which has no text of its own here. */
interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
  readonly source: string | null;
}

/** Reads versions of policies. */
@Injectable()
export class PolicyVersions {
  constructor(
    private readonly versions: PolicyVersionRepository,
    private readonly published: PublishedPolicy,
    private readonly canaries: CanaryRepository,
    private readonly config: ConfigStore,
  ) {}

  /** What is in force in this process. */
  async overview(): Promise<PolicyOverview> {
    const file = this.config.current.policy;
    const inForce = this.published.inForce ?? file;
    const [row] = await this.versions.find({ kind: 'published' });
    const canary = await this.canaries.newest();
    const summaryOf = (document: PolicyDocument) => ({
      name: document.name,
      version: document.version,
      digest: policyDigest(document),
    });
    return {
      ...summaryOf(inForce),
      source: this.published.inForce ? 'database' : 'file',
      file: { ...summaryOf(file), path: this.config.source },
      published: row ? toPolicyVersion(row) : null,
      canary: canary ? toPolicyCanary(canary) : null,
      agree: row === undefined || digestNow(row) === policyDigest(file),
      problems: [...this.published.problems],
    };
  }

  /** Newest first. Errors: `invalid_request` for a cursor that is not one of ours. */
  async list({ limit, cursor }: PageQuery): Promise<Result<PolicyVersionPage, RelayError>> {
    if (cursor !== undefined && traceIdTime(cursor) === undefined) {
      const message = 'cursor: not a cursor of this list; allowed: the nextCursor of a page before';
      return err(new RelayError('invalid_request', message, { param: 'cursor' }));
    }
    const rows = await this.versions.list(limit + 1, cursor ?? null);
    const page = rows.slice(0, limit);
    return ok({ data: page.map(toPolicyVersion), nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null });
  }

  /** A version with its text, and what keeps it from being published now. Errors: `not_found`, `invalid_request`. */
  async get(ref: string): Promise<Result<PolicyVersionDetail, RelayError>> {
    if (ref === 'file') return ok(this.ofFile());
    const found = await this.row(ref);
    if (!found.ok) return found;
    const { problems } = lintPolicySource(found.value.source, this.config.current);
    return ok({ ...toPolicyVersion(found.value), source: found.value.source, problems: [...problems] });
  }

  /** The policy of relay.yaml, to begin a draft with. */
  private ofFile(): PolicyVersionDetail {
    const { policy } = this.config.current;
    const source = renderYaml(policy);
    return {
      ...{ name: policy.name, version: policy.version, status: 'file', digest: policyDigest(policy), note: null },
      ...{ basedOn: null, createdBy: this.config.source, createdAt: null, publishedBy: null, publishedAt: null },
      source,
      problems: [...lintPolicySource(source, this.config.current).problems],
    };
  }

  /** Every problem of a text, policy or not. Errors: `body_too_large`. */
  lint(source: string): Result<PolicyLintReply, RelayError> {
    const sized = sourceOf({ source });
    return sized.ok ? ok({ problems: [...lintPolicySource(source, this.config.current).problems] }) : sized;
  }

  /** What `to` changes of `from`, rule by rule and as text. */
  async diff(query: PolicyDiffQuery): Promise<Result<PolicyDiff, RelayError>> {
    const from = await this.named(query.from, 'from');
    if (!from.ok) return from;
    const to = await this.named(query.to, 'to');
    if (!to.ok) return to;
    const bothWritten = from.value.source !== null && to.value.source !== null;
    const textOf = ({ name, document, source }: NamedPolicy) => ({
      name,
      text: bothWritten && source !== null ? source : renderYaml(document),
    });
    return ok({
      from: from.value.name,
      to: to.value.name,
      ...diffDocuments(from.value.document, to.value.document),
      text: unifiedDiff(textOf(from.value), textOf(to.value)),
      textOf: bothWritten ? 'source' : 'document',
    });
  }

  /** The document of a version or of the file. Errors: `not_found`, `invalid_request`. */
  async named(ref: string, param = 'version'): Promise<Result<NamedPolicy, RelayError>> {
    if (ref === 'file') {
      const document = this.config.current.policy;
      return ok({ name: `${labelOf(document)} (file)`, document, source: null });
    }
    const found = await this.row(ref, param);
    if (!found.ok) return found;
    const document = documentOf(found.value, param);
    if (!document.ok) return document;
    return ok({ name: labelOf(found.value), document: document.value, source: found.value.source });
  }

  /** The one version that a reference means. */
  async row(
    ref: string,
    param = 'version',
    transaction?: EntityManager,
  ): Promise<Result<FullPolicyVersionRow, RelayError>> {
    const parsed = parseVersionRef(ref);
    if (parsed === null || parsed.kind === 'file') return err(noReference(param));
    const [row, second] = await this.versions.find(parsed, transaction);
    if (second) return err(ambiguous(second.version, param));
    return row ? ok(row) : err(missing(parsed, param));
  }
}

/** Of what a version says to this release: the digest it is stored with was taken by the release that stored it. */
function digestNow(row: FullPolicyVersionRow): string {
  const stored = readStored(row);
  return stored.ok ? policyDigest(stored.value) : row.digest;
}

function noReference(param: string): RelayError {
  const message = `${param}: allowed: a version number, name@version, published or latest`;
  return new RelayError('invalid_request', message, { param });
}

function ambiguous(version: number, param: string): RelayError {
  const message = `${param}: policies of several names have a version ${version}; allowed: name@${version}`;
  return new RelayError('invalid_request', message, { param });
}

function missing(ref: VersionRef, param: string): RelayError {
  const what = ref.kind === 'published' ? 'No version is published' : 'There is no such version of a policy';
  return new RelayError('not_found', `${what}.`, { param });
}
