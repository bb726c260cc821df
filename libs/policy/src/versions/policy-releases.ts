import { Inject, Injectable } from '@nestjs/common';
import { ConfigStore, formatProblem } from '@relay/config';
import type { PolicyDocument, PolicyOverview, PolicyVersion, PublishPolicy, RollbackPolicy } from '@relay/contracts';
import { CLOCK, err, ok, RelayError, within, type Clock, type Result } from '@relay/core';
import type { EntityManager } from 'typeorm';
import type { CanaryRow } from '../canary/canary.rows';
import { CanaryRepository, type CanaryEnd } from '../canary/canary.repository';
import { lintPolicySource } from '../lint-policy';
import { PolicyService } from '../policy.service';
import { AUDIT_TRAIL, type Actor, type AuditTrail } from '../ports/audit-trail.port';
import { PolicyDrafts } from './policy-drafts';
import { labelOf, policyDigest } from './policy-digest';
import { PolicyVersionRepository } from './policy-version.repository';
import { toPolicyVersion, type FullPolicyVersionRow } from './policy-version.rows';
import { PolicyVersions } from './policy-versions';
import { PublishedPolicy } from './published-policy';
import { listed } from './read-policy';
import { withVersion } from './source-text';
import { documentOf } from './stored-policy';

/** Another look at the database, and what a policy wants to be loaded. */
const TAKE_OVER_TIMEOUT_MS = 1_500;

/** Decides which version is in force. History is only added to. */
@Injectable()
export class PolicyReleases {
  constructor(
    private readonly versions: PolicyVersionRepository,
    private readonly reader: PolicyVersions,
    private readonly drafts: PolicyDrafts,
    private readonly published: PublishedPolicy,
    private readonly policies: PolicyService,
    private readonly config: ConfigStore,
    private readonly canaries: CanaryRepository,
    @Inject(AUDIT_TRAIL) private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Puts a draft in force: here at once, in other processes within seconds. Errors: `invalid_request` with every problem that
   * it has with the configuration in force, `conflict` if another version was published since the draft was made, or while a
   * canary runs.
   */
  async publish(actor: Actor, ref: string, body: PublishPolicy): Promise<Result<PolicyVersion, RelayError>> {
    const published = await this.versions.change(async (transaction) => {
      const running = await this.canaries.running(transaction);
      if (running) return err(canaryRuns(running));
      const draft = await this.drafts.draft(ref, body.expectedDigest, transaction);
      return draft.ok ? this.publishAs('policy.publish', actor, draft.value, transaction) : draft;
    });
    return this.takenOver(published);
  }

  /** Publishes the version that `take` gives, within its transaction. Errors: those of `take`, and of publishing. */
  async promote(
    actor: Actor,
    take: (transaction: EntityManager) => Promise<Result<FullPolicyVersionRow, RelayError>>,
  ): Promise<Result<PolicyVersion, RelayError>> {
    const published = await this.versions.change(async (transaction) => {
      const version = await take(transaction);
      return version.ok ? this.publishAs('policy.promote', actor, version.value, transaction) : version;
    });
    return this.takenOver(published);
  }

  /** Whether a version could be published as it is, and the name@version that it would replace. Errors: those of publishing. */
  async releasable(version: FullPolicyVersionRow, transaction: EntityManager): Promise<Result<Releasable, RelayError>> {
    const before = await this.publishedNow(transaction);
    if (version.based_on !== (before?.id ?? null)) return err(overtaken(version, before));
    const read = this.readSource(version);
    if (!read.ok) return read;
    const digest = policyDigest(read.value);
    const refusal = this.refusalOfStored(version, digest);
    return refusal ? err(refusal) : ok({ before, digest, against: labelOf(before ?? this.config.current.policy) });
  }

  /** Whoever was planned by a canary is planned by what is in force again. */
  async endCanary(
    running: CanaryRow,
    { actor, ...why }: Pick<CanaryEnd, 'reason' | 'judgement'> & { readonly actor: Actor },
    transaction: EntityManager,
  ): Promise<void> {
    const end = { status: 'stopped', by: actor.email, at: new Date(this.clock.now()), ...why } as const;
    await this.canaries.end(running, end, transaction);
    const detail = { against: running.against, reason: why.reason };
    await this.audit.append({ actor, action: 'policy.canary-stop', target: running.label, detail }, transaction);
  }

  private async publishAs(
    action: ReleaseAct['action'],
    actor: Actor,
    version: FullPolicyVersionRow,
    transaction: EntityManager,
  ): Promise<Result<PolicyVersion, RelayError>> {
    const checked = await this.releasable(version, transaction);
    if (!checked.ok) return checked;
    const { digest, before } = checked.value;
    return this.release({ actor, action, digest }, version, before, transaction);
  }

  /** Publishes a copy of an earlier version under a new number; ends a canary that runs, which was made from another. Errors: `invalid_request` (problems), `conflict`, `not_found`. */
  async rollback(actor: Actor, { version: ref, note }: RollbackPolicy): Promise<Result<PolicyVersion, RelayError>> {
    const published = await this.versions.change(async (transaction) => {
      const earlier = await this.reader.row(ref, 'version', transaction);
      if (!earlier.ok) return earlier;
      const label = labelOf(earlier.value);
      if (earlier.value.status !== 'superseded') return err(notEarlier(earlier.value));
      const read = this.readSource(earlier.value);
      if (!read.ok) return read;
      const before = await this.publishedNow(transaction);
      const copy = await this.copy(actor, earlier.value, note ?? `Back to ${label}`, before, transaction);
      if (!copy.ok) return copy;
      await this.endAnyCanary(actor, `${label} was rolled back to`, transaction);
      const act = { actor, action: 'policy.rollback', digest: copy.value.digest, copyOf: label } as const;
      return this.release(act, copy.value, before, transaction);
    });
    return this.takenOver(published);
  }

  /** Puts the policy of the configuration file in force again, and ends a canary that runs; tells what is in force then. Errors: `conflict` if it is already. */
  async unpublish(actor: Actor): Promise<Result<PolicyOverview, RelayError>> {
    const unpublished = await this.versions.change(async (transaction) => {
      const before = await this.publishedNow(transaction);
      if (!before) return err(nothingPublished());
      await this.endAnyCanary(actor, `${labelOf(before)} was unpublished`, transaction);
      await this.versions.supersedePublished(transaction);
      const detail = { before: before.digest, after: policyDigest(this.config.current.policy) };
      await this.audit.append({ actor, action: 'policy.unpublish', target: labelOf(before), detail }, transaction);
      return ok(undefined);
    });
    const takenOver = await this.takenOver(unpublished);
    return takenOver.ok ? ok(await this.reader.overview()) : takenOver;
  }

  private async release(
    { actor, action, digest, copyOf }: ReleaseAct,
    draft: FullPolicyVersionRow,
    before: FullPolicyVersionRow | undefined,
    transaction: EntityManager,
  ): Promise<Result<PolicyVersion, RelayError>> {
    const refusal = this.refusalOfStored(draft, digest);
    if (refusal) return err(refusal);
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
    const stored = documentOf(earlier);
    if (!stored.ok) return stored;
    const number = await this.versions.nextNumber(earlier.name, earlier.version, transaction);
    if (!number.ok) return number;
    const version = number.value;
    const document = { ...stored.value, version };
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

  private async endAnyCanary(actor: Actor, reason: string, transaction: EntityManager): Promise<void> {
    const running = await this.canaries.running(transaction);
    if (running) await this.endCanary(running, { actor, reason }, transaction);
  }

  private async publishedNow(transaction: EntityManager): Promise<FullPolicyVersionRow | undefined> {
    const [row] = await this.versions.find({ kind: 'published' }, transaction);
    return row;
  }

  /** What a version's text says; only what has no errors comes into force. */
  private readSource(version: FullPolicyVersionRow): Result<PolicyDocument, RelayError> {
    const { document, problems } = lintPolicySource(version.source, this.config.current);
    return document ? ok(document) : err(unsuited(version, listed(problems)));
  }

  /** Processes take over what the database gives back, not the text: that has to say the same, and to be usable here. */
  private refusalOfStored(version: FullPolicyVersionRow, digest: string): RelayError | null {
    const stored = documentOf(version);
    if (!stored.ok) return stored.error;
    if (policyDigest(stored.value) !== digest) return notAsWritten(version);
    const problems = this.policies.problemsOf(stored.value);
    return problems.length > 0 ? unsuited(version, problems.map(formatProblem).join('\n')) : null;
  }

  /** What was decided is in force in this process before it is told; else that is told. */
  async takenOver<T>(decided: Result<T, RelayError>): Promise<Result<T, RelayError>> {
    if (!decided.ok) return decided;
    const refreshed = this.published.refresh();
    if ((await within(this.clock, TAKE_OVER_TIMEOUT_MS, refreshed)) && (await refreshed)) return decided;
    return err(notInForceHere(this.published.problems));
  }
}

interface Releasable {
  readonly before: FullPolicyVersionRow | undefined; // what is published
  readonly against: string; // name@version of what is in force, the file's where nothing is published
  readonly digest: string;
}

interface ReleaseAct {
  readonly actor: Actor;
  readonly action: 'policy.publish' | 'policy.promote' | 'policy.rollback';
  readonly digest: string; // of what is meant to come into force
  readonly copyOf?: string;
}

function overtaken(draft: FullPolicyVersionRow, published: FullPolicyVersionRow | undefined): RelayError {
  const base = draft.base_name === null ? 'the file' : `${draft.base_name}@${draft.base_version}`;
  const now = published ? `${labelOf(published)} is published` : 'no version is published any more';
  const message = `${labelOf(draft)} was made from ${base}, but ${now}. Compare them, then update the draft with basedOn.`;
  return new RelayError('conflict', message, { param: 'version' });
}

function canaryRuns({ label }: CanaryRow): RelayError {
  const message = `${label} is tried on a share of the traffic: promote it, or stop it, before something else is published.`;
  return new RelayError('conflict', message, { param: 'version' });
}

function unsuited(version: FullPolicyVersionRow, lines: string): RelayError {
  const message = `${labelOf(version)} cannot be published with the configuration in force:\n${lines}`;
  return new RelayError('invalid_request', message, { param: 'version' });
}

function notAsWritten(version: FullPolicyVersionRow): RelayError {
  const message = `What is stored of ${labelOf(version)} is not what its text says. Update the draft with its source.`;
  return new RelayError('conflict', message, { param: 'version' });
}

/** Without a word on when to try again: it is done, and to do it once more would do another thing. */
function notInForceHere(problems: readonly string[]): RelayError {
  const why = problems.length > 0 ? `:\n${problems.join('\n')}` : ', as the database does not answer.';
  const message = `It is done, but not in force in this process, which goes on trying; GET /api/policies tells when it is${why}`;
  return new RelayError(problems.length > 0 ? 'conflict' : 'unavailable', message);
}

function notEarlier(version: FullPolicyVersionRow): RelayError {
  const message = `${labelOf(version)} is ${version.status}; allowed: a version that was published before.`;
  return new RelayError('conflict', message, { param: 'version' });
}

const nothingPublished = (): RelayError =>
  new RelayError('conflict', 'No version is published: the policy of the configuration file is in force.');
