import { Inject, Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import {
  policyDocumentSchema,
  type PolicyOverview,
  type PolicyVersion,
  type PublishPolicy,
  type RollbackPolicy,
} from '@relay/contracts';
import { CLOCK, err, ok, RelayError, type Clock, type Result } from '@relay/core';
import type { EntityManager } from 'typeorm';
import { lintPolicySource } from '../lint-policy';
import { AUDIT_TRAIL, type Actor, type AuditTrail } from '../ports/audit-trail.port';
import { PolicyDrafts } from './policy-drafts';
import { labelOf, policyDigest } from './policy-digest';
import { PolicyVersionRepository } from './policy-version.repository';
import { toPolicyVersion, type FullPolicyVersionRow } from './policy-version.rows';
import { PolicyVersions } from './policy-versions';
import { PublishedPolicy } from './published-policy';
import { errorsOf, listed } from './read-policy';
import { withVersion } from './source-text';

/** Decides which version is in force. History is only added to. */
@Injectable()
export class PolicyReleases {
  constructor(
    private readonly versions: PolicyVersionRepository,
    private readonly reader: PolicyVersions,
    private readonly drafts: PolicyDrafts,
    private readonly published: PublishedPolicy,
    private readonly config: ConfigStore,
    @Inject(AUDIT_TRAIL) private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Puts a draft in force: here at once, in other processes within seconds. Errors: `invalid_request` with every problem that
   * it has with the configuration in force, `conflict` if another version was published since the draft was made.
   */
  async publish(actor: Actor, ref: string, body: PublishPolicy): Promise<Result<PolicyVersion, RelayError>> {
    const published = await this.versions.change(async (transaction) => {
      const draft = await this.drafts.draft(ref, body.expectedDigest, transaction);
      if (!draft.ok) return draft;
      const before = await this.publishedNow(transaction);
      if (draft.value.based_on !== (before?.id ?? null)) return err(overtaken(draft.value, before));
      const refusal = this.refusalOf(draft.value);
      if (refusal) return err(refusal);
      return this.release({ actor, action: 'policy.publish' }, draft.value, before, transaction);
    });
    return this.takenOver(published);
  }

  /** Publishes a copy of an earlier version under a new number. Errors: `invalid_request` (problems), `conflict`, `not_found`. */
  async rollback(actor: Actor, { version: ref, note }: RollbackPolicy): Promise<Result<PolicyVersion, RelayError>> {
    const published = await this.versions.change(async (transaction) => {
      const earlier = await this.reader.row(ref, 'version', transaction);
      if (!earlier.ok) return earlier;
      const label = labelOf(earlier.value);
      const refusal = earlier.value.status === 'superseded' ? this.refusalOf(earlier.value) : notEarlier(earlier.value);
      if (refusal) return err(refusal);
      const before = await this.publishedNow(transaction);
      const copy = await this.copy(actor, earlier.value, note ?? `Back to ${label}`, before, transaction);
      if (!copy.ok) return copy;
      return this.release({ actor, action: 'policy.rollback', copyOf: label }, copy.value, before, transaction);
    });
    return this.takenOver(published);
  }

  /** Puts the policy of the configuration file in force again; tells what is in force then. Errors: `conflict` if it is already. */
  async unpublish(actor: Actor): Promise<Result<PolicyOverview, RelayError>> {
    const unpublished = await this.versions.change(async (transaction) => {
      const before = await this.publishedNow(transaction);
      if (!before) return err(nothingPublished());
      await this.versions.supersedePublished(transaction);
      const detail = { before: before.digest, after: policyDigest(this.config.current.policy) };
      await this.audit.append({ actor, action: 'policy.unpublish', target: labelOf(before), detail }, transaction);
      return ok(undefined);
    });
    const takenOver = await this.takenOver(unpublished);
    return takenOver.ok ? ok(await this.reader.overview()) : takenOver;
  }

  private async release(
    { actor, action, copyOf }: ReleaseAct,
    draft: FullPolicyVersionRow,
    before: FullPolicyVersionRow | undefined,
    transaction: EntityManager,
  ): Promise<Result<PolicyVersion, RelayError>> {
    await this.versions.supersedePublished(transaction);
    await this.versions.publishDraft(draft.id, actor.email, new Date(this.clock.now()), transaction);
    const detail = {
      before: before?.digest ?? policyDigest(this.config.current.policy),
      after: draft.digest,
      replaced: before ? labelOf(before) : 'file',
      ...(copyOf !== undefined && { copyOf }),
    };
    await this.audit.append({ actor, action, target: labelOf(draft), detail }, transaction);
    const released = await this.reader.row('published', 'version', transaction);
    return released.ok ? ok(toPolicyVersion(released.value)) : released;
  }

  private async copy(
    actor: Actor,
    earlier: FullPolicyVersionRow,
    note: string,
    before: FullPolicyVersionRow | undefined,
    transaction: EntityManager,
  ): Promise<Result<FullPolicyVersionRow, RelayError>> {
    const version = await this.versions.nextNumber(earlier.name, earlier.version, transaction);
    const document = { ...policyDocumentSchema.parse(earlier.document), version };
    await this.versions.insertDraft(
      {
        document,
        source: withVersion(earlier.source, version),
        digest: policyDigest(document),
        note,
        basedOn: before?.id ?? null,
        createdBy: actor.email,
        createdAt: new Date(this.clock.now()),
      },
      transaction,
    );
    return this.reader.row(labelOf(document), 'version', transaction);
  }

  private async publishedNow(transaction: EntityManager): Promise<FullPolicyVersionRow | undefined> {
    const [row] = await this.versions.find({ kind: 'published' }, transaction);
    return row;
  }

  /** Only what has no errors comes into force. */
  private refusalOf(version: FullPolicyVersionRow): RelayError | null {
    const { problems } = lintPolicySource(version.source, this.config.current);
    if (errorsOf(problems).length === 0) return null;
    const message = `${labelOf(version)} cannot be published with the configuration in force:\n${listed(problems)}`;
    return new RelayError('invalid_request', message, { param: 'version' });
  }

  /** What was decided is in force in this process before it is told. */
  private async takenOver<T>(decided: Result<T, RelayError>): Promise<Result<T, RelayError>> {
    if (decided.ok) await this.published.refresh();
    return decided;
  }
}

interface ReleaseAct {
  readonly actor: Actor;
  readonly action: 'policy.publish' | 'policy.rollback';
  readonly copyOf?: string;
}

function overtaken(draft: FullPolicyVersionRow, published: FullPolicyVersionRow | undefined): RelayError {
  const base = draft.base_name === null ? 'the file' : `${draft.base_name}@${draft.base_version}`;
  const now = published ? `${labelOf(published)} is published` : 'no version is published any more';
  const message = `${labelOf(draft)} was made from ${base}, but ${now}. Compare them, then update the draft with basedOn.`;
  return new RelayError('conflict', message, { param: 'version' });
}

function notEarlier(version: FullPolicyVersionRow): RelayError {
  const message = `${labelOf(version)} is ${version.status}; allowed: a version that was published before.`;
  return new RelayError('conflict', message, { param: 'version' });
}

const nothingPublished = (): RelayError =>
  new RelayError('conflict', 'No version is published: the policy of the configuration file is in force.');
