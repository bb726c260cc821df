import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ConfigInvalidError, type ConfigProblem, ConfigStore, formatProblem, type RelayConfig } from '@relay/config';
import { type PolicyDocument, policyDocumentSchema } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { PolicyService } from '../policy.service';
import { PolicyVersionRepository } from './policy-version.repository';
import type { FullPolicyVersionRow } from './policy-version.rows';

/** How long another process may go on with the policy before, apart from the query itself. */
const POLL_MS = 1_000;
/** A stop waits so long for a look that is under way; a database that went silent takes longer. */
const STOP_WAIT_MS = 1_000;

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

/** Keeps the database's published version in force in this process: once there is one, it wins over relay.yaml's policy. */
@Injectable()
export class PublishedPolicy implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(PublishedPolicy.name);
  private held: Held | null = null;
  private refused: Refused | null = null;
  private looking: Promise<void> = Promise.resolve();
  private cancelPoll: () => void = () => undefined;
  private stopped = false;
  private isAway = false;

  constructor(
    private readonly versions: PolicyVersionRepository,
    private readonly policies: PolicyService,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The published document in force, `null` while the file's is. */
  get inForce(): PolicyDocument | null {
    return this.held?.document ?? null;
  }

  /** Why what is published is not in force here, one line each. */
  get problems(): readonly string[] {
    return this.refused?.problems.map(formatProblem) ?? [];
  }

  /** Before anything is served. A version that cannot be used with this configuration stops the start. */
  async onModuleInit(): Promise<void> {
    await this.look();
    if (this.refused) throw new ConfigInvalidError(this.refused.problems);
    this.pollLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.cancelPoll();
    await Promise.race([this.idle(), new Promise<void>((resolve) => this.clock.after(STOP_WAIT_MS, resolve))]);
  }

  /** Takes over what is published now; waits its turn, so that an older answer never replaces a newer. Never rejects. */
  refresh(): Promise<void> {
    this.looking = this.looking.then(() => this.lookSafely());
    return this.looking;
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    await this.looking;
  }

  private pollLater(): void {
    if (this.stopped) return;
    this.cancelPoll = this.clock.after(POLL_MS, () => void this.refresh().then(() => this.pollLater()));
  }

  private async lookSafely(): Promise<void> {
    try {
      await this.look();
      if (this.isAway) this.logger.log('The published policy can be looked up again');
      this.isAway = false;
    } catch (error) {
      if (!this.isAway)
        this.logger.warn(`The published policy cannot be looked up, the last one stays: ${String(error)}`);
      this.isAway = true;
    }
  }

  private async look(): Promise<void> {
    const id = await this.versions.publishedId();
    if (id === (this.held?.id ?? null)) this.refused = null;
    else if (id === null) await this.backToFile();
    else if (this.refused?.id !== id || this.refused.config !== this.config.current) await this.takeOver();
  }

  private async takeOver(): Promise<void> {
    const [row] = await this.versions.find({ kind: 'published' });
    if (!row) return; // withdrawn in between: the next look tells
    const parsed = parseStored(row);
    const problems = parsed.document ? await this.policies.override(parsed.document) : parsed.problems;
    if (!parsed.document || problems.length > 0) return this.refuse(row, problems);
    this.held = { id: row.id, document: parsed.document };
    this.refused = null;
    this.logger.log(`Policy ${row.name}@${row.version} of the database is in force`);
  }

  private async backToFile(): Promise<void> {
    const problems = await this.policies.override(null);
    if (problems.length > 0) throw new ConfigInvalidError(problems); // it was compiled when the file was read
    this.held = null;
    this.refused = null;
    this.logger.log('The policy of the configuration file is in force again');
  }

  private refuse(row: FullPolicyVersionRow, problems: readonly ConfigProblem[]): void {
    this.refused = { id: row.id, config: this.config.current, problems };
    const lines = problems.map(formatProblem).join('\n');
    this.logger.error(`Policy ${row.name}@${row.version} of the database was refused, the one before stays:\n${lines}`);
  }
}

/** What an older or newer relay has stored may not be a policy to this one. */
function parseStored(
  row: FullPolicyVersionRow,
): { document: PolicyDocument; problems?: undefined } | { document: null; problems: ConfigProblem[] } {
  const parsed = policyDocumentSchema.safeParse(row.document);
  if (parsed.success) return { document: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => ({
    file: `database, policy ${row.name}@${row.version}`,
    path: ['policy', ...path.map(String)].join('.'),
    found: 'what this version of the relay does not take',
    allowed: message,
  }));
  return { document: null, problems };
}
