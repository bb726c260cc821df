import { Inject, Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import type { CreatePolicyDraft, PolicyVersionDetail, UpdatePolicyDraft } from '@relay/contracts';
import { CLOCK, err, ok, RelayError, type Clock, type Result } from '@relay/core';
import type { EntityManager } from 'typeorm';
import { AUDIT_TRAIL, type Actor, type AuditTrail } from '../ports/audit-trail.port';
import { labelOf, policyDigest } from './policy-digest';
import { PolicyVersionRepository } from './policy-version.repository';
import { toPolicyVersion, type FullPolicyVersionRow } from './policy-version.rows';
import { PolicyVersions } from './policy-versions';
import { readPolicy, type ReadPolicy } from './read-policy';
import { withVersion } from './source-text';

/** Makes, changes and discards drafts. A draft has to be a policy; only what is published has to be without problems. */
@Injectable()
export class PolicyDrafts {
  constructor(
    private readonly versions: PolicyVersionRepository,
    private readonly reader: PolicyVersions,
    private readonly config: ConfigStore,
    @Inject(AUDIT_TRAIL) private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A new draft under the next number of its name. Errors: `invalid_request`, `body_too_large`, `not_found` (basedOn). */
  async create(actor: Actor, body: CreatePolicyDraft): Promise<Result<PolicyVersionDetail, RelayError>> {
    const read = readPolicy(body, this.config.current);
    if (!read.ok) return read;
    return this.versions.change(async (transaction) => {
      const base = await this.base(body.basedOn, transaction);
      if (!base.ok) return base;
      const { name } = read.value.document;
      const file = this.config.current.policy;
      // Above the file's number, if it has the same name: traces tell policies by name and number.
      const number = await this.versions.nextNumber(name, file.name === name ? file.version : 0, transaction);
      if (!number.ok) return number;
      const draft = numbered(read.value, number.value);
      await this.versions.insertDraft(
        {
          ...draft,
          note: body.note ?? null,
          basedOn: base.value,
          createdBy: actor.email,
          createdAt: new Date(this.clock.now()),
        },
        transaction,
      );
      const target = labelOf(draft.document);
      await this.audit.append(
        { actor, action: 'policy.draft', target, detail: { before: null, after: draft.digest } },
        transaction,
      );
      return this.detail(target, read.value, transaction);
    });
  }

  /** Another text for a draft, which keeps its name and number. Errors: as for `create`, and `conflict`. */
  async update(actor: Actor, ref: string, body: UpdatePolicyDraft): Promise<Result<PolicyVersionDetail, RelayError>> {
    const read = readPolicy(body, this.config.current);
    if (!read.ok) return read;
    return this.versions.change(async (transaction) => {
      const found = await this.draft(ref, body.expectedDigest, transaction);
      if (!found.ok) return found;
      const { id, name, version, digest, note, based_on: basedOn } = found.value;
      if (read.value.document.name !== name) return err(otherName(name, read.value.document.name));
      const base = body.basedOn === undefined ? ok(basedOn) : await this.base(body.basedOn, transaction);
      if (!base.ok) return base;
      const draft = numbered(read.value, version);
      await this.versions.updateDraft(id, { ...draft, note: body.note ?? note, basedOn: base.value }, transaction);
      const target = labelOf(found.value);
      await this.audit.append(
        { actor, action: 'policy.update', target, detail: { before: digest, after: draft.digest } },
        transaction,
      );
      return this.detail(target, read.value, transaction);
    });
  }

  /** Its number is not given out again. Errors: `not_found`, `conflict` (no draft). */
  discard(actor: Actor, ref: string): Promise<Result<void, RelayError>> {
    return this.versions.change(async (transaction) => {
      const found = await this.draft(ref, undefined, transaction);
      if (!found.ok) return found;
      const { id, digest } = found.value;
      await this.versions.deleteDraft(id, transaction);
      const detail = { before: digest, after: null };
      await this.audit.append({ actor, action: 'policy.discard', target: labelOf(found.value), detail }, transaction);
      return ok(undefined);
    });
  }

  /** A draft, as it was seen by whoever wants to change or publish it. */
  async draft(
    ref: string,
    expectedDigest: string | undefined,
    transaction: EntityManager,
  ): Promise<Result<FullPolicyVersionRow, RelayError>> {
    const found = await this.reader.row(ref, 'version', transaction);
    if (!found.ok) return found;
    const { status, digest } = found.value;
    const label = labelOf(found.value);
    if (status !== 'draft') return err(new RelayError('conflict', `${label} is ${status}; only drafts change.`));
    if (expectedDigest === undefined || expectedDigest === digest) return found;
    const message = `${label} was changed meanwhile: its digest is ${digest}.`;
    return err(new RelayError('conflict', message, { param: 'expectedDigest' }));
  }

  /** The id of what a draft is made from; `null` for the file. */
  private async base(ref: string | undefined, transaction: EntityManager): Promise<Result<string | null, RelayError>> {
    if (ref === 'file') return ok(null);
    if (ref === undefined) {
      const [published] = await this.versions.find({ kind: 'published' }, transaction);
      return ok(published?.id ?? null);
    }
    const found = await this.reader.row(ref, 'basedOn', transaction);
    if (!found.ok) return found;
    if (found.value.status !== 'draft') return ok(found.value.id);
    const message = `basedOn: ${labelOf(found.value)} is a draft; allowed: a version that is or was published, or file`;
    return err(new RelayError('invalid_request', message, { param: 'basedOn' }));
  }

  private async detail(
    ref: string,
    { problems }: ReadPolicy,
    transaction: EntityManager,
  ): Promise<Result<PolicyVersionDetail, RelayError>> {
    const found = await this.reader.row(ref, 'version', transaction);
    if (!found.ok) return found;
    return ok({ ...toPolicyVersion(found.value), source: found.value.source, problems: [...problems] });
  }
}

function numbered({ source, document }: ReadPolicy, version: number) {
  const policy = { ...document, version };
  return { source: withVersion(source, version), document: policy, digest: policyDigest(policy) };
}

function otherName(name: string, found: string): RelayError {
  const message = `name: found "${found}"; allowed: "${name}", or a draft of its own for another name`;
  return new RelayError('invalid_request', message, { param: 'source' });
}
