import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ConfigInvalidError, type ConfigProblem, ConfigStore, formatProblem, type RelayConfig } from '@relay/config';
import type { PolicyDocument } from '@relay/contracts';
import { CLOCK, type Clock, within } from '@relay/core';
import { DEFAULT_POLICY } from '../default-policy';
import { RunningCanary } from '../canary/running-canary';
import { PolicyService } from '../policy.service';
import { labelOf, policyDigest } from './policy-digest';
import { PolicyVersionRepository } from './policy-version.repository';
import type { FullPolicyVersionRow } from './policy-version.rows';
import { readStored } from './stored-policy';

/** How long another process may go on with the policy before, apart from the query itself. */
const POLL_MS = 1_000;
/** A stop waits so long for a look that is under way; a database that went silent takes longer. */
const STOP_WAIT_MS = 1_000;
/** Versions that are tried at a start that cannot use the published one; each is read and compiled. */
const MAX_EARLIER = 20;

interface Held {
  readonly id: string;
  readonly document: PolicyDocument;
}

/** A version that could not be put in force; not tried again until it, or the configuration, is another. */
interface Refused {
  readonly id: string;
  readonly config: RelayConfig;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Keeps the database's published version in force in this process: once there is one, it wins over relay.yaml's policy. One
 * that cannot be used here leaves the one before in force; at the start, the newest earlier one that can be used, else the file's.
 */
@Injectable()
export class PublishedPolicy implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(PublishedPolicy.name);
  private held: Held | null = null;
  private refused: Refused | null = null;
  private looking: Promise<unknown> = Promise.resolve();
  private cancelPoll: () => void = () => undefined;
  private isStarting = true;
  private stopped = false;
  private isAway = false;

  constructor(
    private readonly versions: PolicyVersionRepository,
    private readonly policies: PolicyService,
    private readonly canary: RunningCanary,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The published document in force, `null` while the file's is. */
  get inForce(): PolicyDocument | null {
    return this.held?.document ?? null;
  }

  /** The policy of the database that is in force, and whether the file's says the same; `null` while that is in force. */
  get standing(): string | null {
    if (!this.held) return null;
    const inForce = `${labelOf(this.held.document)} of the database is in force`;
    const [file, ofDatabase, builtIn] = [this.config.current.policy, this.held.document, DEFAULT_POLICY].map(
      policyDigest,
    );
    if (file === ofDatabase) return `${inForce}, that of the configuration file says the same`;
    return file === builtIn ? inForce : `${inForce}, that of the configuration file differs and is not used`;
  }

  /** Why what is published, or the canary, is not in use here, one line each. */
  get problems(): readonly string[] {
    return [...(this.refused?.problems.map(formatProblem) ?? []), ...this.canary.problems];
  }

  /** Before anything is served. */
  async onModuleInit(): Promise<void> {
    await this.look();
    this.isStarting = false;
    this.pollLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.cancelPoll();
    await within(this.clock, STOP_WAIT_MS, this.idle());
  }

  /**
   * Takes over what is published now, and the canary; waits its turn, so that an older answer never replaces a newer. True if that
   * is in force here then; false if it was refused or could not be looked up. Never rejects.
   */
  refresh(): Promise<boolean> {
    const look = this.looking.then(() => this.lookSafely());
    this.looking = look;
    return look;
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    await this.looking;
  }

  private pollLater(): void {
    if (this.stopped) return;
    this.cancelPoll = this.clock.after(POLL_MS, () => void this.refresh().then(() => this.pollLater()));
  }

  private async lookSafely(): Promise<boolean> {
    try {
      await this.look();
      if (this.isAway) this.logger.log('The published policy can be looked up again');
      this.isAway = false;
      return this.problems.length === 0;
    } catch (error) {
      if (!this.isAway)
        this.logger.warn(`The published policy cannot be looked up, the last one stays: ${String(error)}`);
      this.isAway = true;
      return false;
    }
  }

  private async look(): Promise<void> {
    const { published: id, canary } = await this.versions.standing();
    if (id === (this.held?.id ?? null)) this.refused = null;
    else if (id === null) await this.backToFile();
    else if (this.refused?.id !== id || this.refused.config !== this.config.current) await this.takeOver();
    await this.canary.follow(canary); // after the published one: what was promoted is never without both
  }

  private async takeOver(): Promise<void> {
    const [row] = await this.versions.find({ kind: 'published' });
    if (!row) return; // withdrawn in between: the next look tells
    const problems = await this.use(row);
    this.refused = problems.length > 0 ? { id: row.id, config: this.config.current, problems } : null;
    if (!this.refused) return this.logger.log(`Policy ${this.standing ?? labelOf(row)}`);
    if (this.isStarting) await this.useEarlier();
    this.tellRefused(row);
  }

  /** Puts a version in force, unless there are problems. */
  private async use(row: FullPolicyVersionRow): Promise<readonly ConfigProblem[]> {
    const stored = readStored(row);
    if (!stored.ok) return stored.error;
    const problems = await this.policies.override(stored.value);
    if (problems.length === 0) this.held = { id: row.id, document: stored.value };
    return problems;
  }

  /** The newest of the versions that were published before and can be used; without one, the file's policy stays. */
  private async useEarlier(): Promise<void> {
    for (let skipped = 0; skipped < MAX_EARLIER; skipped++) {
      const row = await this.versions.superseded(skipped);
      if (!row || (await this.use(row)).length === 0) return;
    }
  }

  private tellRefused(published: FullPolicyVersionRow): void {
    const instead = `${this.policies.current.label} of the ${this.held ? 'database' : 'configuration file'}`;
    const lines = this.problems.join('\n');
    this.logger.error(
      `Policy ${labelOf(published)} is published, but cannot be used here; ${instead} is in force instead:\n${lines}`,
    );
  }

  private async backToFile(): Promise<void> {
    const problems = await this.policies.override(null);
    if (problems.length > 0) throw new ConfigInvalidError(problems); // it was compiled when the file was read
    this.held = null;
    this.refused = null;
    this.logger.log('The policy of the configuration file is in force again');
  }
}
