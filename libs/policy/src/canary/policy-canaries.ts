import { Inject, Injectable } from '@nestjs/common';
import type { CanaryJudgement, EndCanary, PolicyCanary, PolicyVersion, StartCanary } from '@relay/contracts';
import { CLOCK, err, ok, RelayError, type Clock, type Result } from '@relay/core';
import type { EntityManager } from 'typeorm';
import { AUDIT_TRAIL, type Actor, type AuditTrail } from '../ports/audit-trail.port';
import { labelOf } from '../versions/policy-digest';
import { PolicyReleases } from '../versions/policy-releases';
import { PolicyVersionRepository } from '../versions/policy-version.repository';
import type { FullPolicyVersionRow } from '../versions/policy-version.rows';
import { PolicyVersions } from '../versions/policy-versions';
import { toPolicyCanary, type CanaryRow } from './canary.rows';
import { CanaryRepository } from './canary.repository';
import { reasonsOf } from './domain/judge-canary';

/** Who stops a canary that is worse, as the log of changes names it. */
export const GUARD: Actor = { id: 'guard', email: 'guard' };

/** Begins and ends canaries. One runs at a time; what it tries does not change any more. */
@Injectable()
export class PolicyCanaries {
  constructor(
    private readonly canaries: CanaryRepository,
    private readonly versions: PolicyVersionRepository,
    private readonly reader: PolicyVersions,
    private readonly releases: PolicyReleases,
    @Inject(AUDIT_TRAIL) private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Plans a share of the traffic by a draft, or by a version that was a canary before: here at once, in other processes within
   * seconds. Errors: those of publishing it, and `conflict` while another canary runs.
   */
  async start(actor: Actor, ref: string, body: StartCanary): Promise<Result<PolicyCanary, RelayError>> {
    const started = await this.versions.change(async (transaction) => {
      const running = await this.canaries.running(transaction);
      if (running) return err(alreadyRuns(running));
      const found = await this.candidate(ref, body.expectedDigest, transaction);
      if (!found.ok) return found;
      const checked = await this.releases.releasable(found.value, transaction);
      if (!checked.ok) return checked;
      const { against } = checked.value;
      const label = labelOf(found.value);
      if (label === against) return err(sameName(label));
      const { share, unit, guardrails, note } = body;
      const by = { startedBy: actor.email, startedAt: new Date(this.clock.now()) };
      await this.canaries.begin({ versionId: found.value.id, against, share, unit, guardrails, ...by }, transaction);
      if (note !== undefined) await this.versions.setNote(found.value.id, note, transaction);
      const detail = { after: found.value.digest, against, share, unit, guardrails };
      await this.audit.append({ actor, action: 'policy.canary', target: label, detail }, transaction);
      return ok(undefined);
    });
    return this.shown(await this.releases.takenOver(started));
  }

  /** Publishes what is tried. Errors: `conflict` if no canary runs, and those of publishing. */
  promote(actor: Actor, { note }: EndCanary): Promise<Result<PolicyVersion, RelayError>> {
    return this.releases.promote(actor, async (transaction) => {
      const running = await this.canaries.running(transaction);
      if (!running) return err(noneRuns());
      const row = await this.reader.row(running.label, 'version', transaction);
      if (!row.ok) return row;
      const end = { status: 'promoted', by: actor.email, at: new Date(this.clock.now()) } as const;
      await this.canaries.end(running, { ...end, reason: note ?? 'Promoted' }, transaction);
      if (note !== undefined) await this.versions.setNote(row.value.id, note, transaction);
      return row;
    });
  }

  /** Everybody is planned by what is in force again. Errors: `conflict` if no canary runs. */
  async stop(actor: Actor, { note }: EndCanary): Promise<Result<PolicyCanary, RelayError>> {
    const stopped = await this.versions.change(async (transaction) => {
      const running = await this.canaries.running(transaction);
      if (!running) return err(noneRuns());
      await this.releases.endCanary(running, { actor, reason: note ?? 'Stopped' }, transaction);
      return ok(undefined);
    });
    return this.shown(await this.releases.takenOver(stopped));
  }

  /** The same by itself, of a canary that was found to be worse; nothing if it has ended meanwhile. True if it was stopped. */
  async stopWorse(id: string, judgement: CanaryJudgement): Promise<Result<boolean, RelayError>> {
    const stopped = await this.versions.change(async (transaction) => {
      const running = await this.canaries.running(transaction);
      if (running?.id !== id) return ok(false);
      await this.releases.endCanary(running, { actor: GUARD, reason: reasonsOf(judgement), judgement }, transaction);
      return ok(true);
    });
    return this.releases.takenOver(stopped);
  }

  /** What may become a canary. Errors: `not_found`, `conflict`. */
  private async candidate(
    ref: string,
    expectedDigest: string | undefined,
    transaction: EntityManager,
  ): Promise<Result<FullPolicyVersionRow, RelayError>> {
    const found = await this.reader.row(ref, 'version', transaction);
    if (!found.ok) return found;
    const { status, digest } = found.value;
    if (status !== 'draft' && status !== 'stopped') return err(notToBeTried(found.value));
    if (expectedDigest === undefined || expectedDigest === digest) return found;
    const message = `${labelOf(found.value)} was changed meanwhile: its digest is ${digest}.`;
    return err(new RelayError('conflict', message, { param: 'expectedDigest' }));
  }

  private async shown(ended: Result<unknown, RelayError>): Promise<Result<PolicyCanary, RelayError>> {
    if (!ended.ok) return ended;
    const row = await this.canaries.newest();
    return row ? ok(toPolicyCanary(row)) : err(noneRuns());
  }
}

function alreadyRuns({ label }: CanaryRow): RelayError {
  const message = `${label} is a canary already, and there is one at a time: promote it, or stop it first.`;
  return new RelayError('conflict', message, { param: 'version' });
}

function sameName(label: string): RelayError {
  const message = `What is in force is called ${label} as well, and traces would not tell the two apart; allowed: a draft with another number.`;
  return new RelayError('conflict', message, { param: 'version' });
}

function notToBeTried(version: FullPolicyVersionRow): RelayError {
  const why = version.status === 'published' ? 'published, and in force for everybody' : `${version.status}`;
  const message = `${labelOf(version)} is ${why}; allowed: a draft, or a version whose canary was stopped.`;
  return new RelayError('conflict', message, { param: 'version' });
}

const noneRuns = (): RelayError => new RelayError('conflict', 'No canary runs.');
