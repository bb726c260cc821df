import { Injectable, Logger } from '@nestjs/common';
import { type ConfigProblem, ConfigStore, formatProblem, type RelayConfig } from '@relay/config';
import { PolicyService } from '../policy.service';
import { PolicyVersionRepository } from '../versions/policy-version.repository';
import { readStored } from '../versions/stored-policy';
import { parseVersionRef } from '../versions/version-ref';
import type { CanaryRow } from './canary.rows';
import { CanaryRepository } from './canary.repository';

/** A canary that could not be used here; not tried again until it, or the configuration, is another. */
interface Refused {
  readonly id: string;
  readonly config: RelayConfig;
  readonly problems: readonly ConfigProblem[];
}

/** Keeps the canary that runs in use in this process. One that cannot be used here leaves all requests to what is in force. */
@Injectable()
export class RunningCanary {
  private readonly logger = new Logger(RunningCanary.name);
  private held: string | null = null; // its id
  private refused: Refused | null = null;

  constructor(
    private readonly canaries: CanaryRepository,
    private readonly versions: PolicyVersionRepository,
    private readonly policies: PolicyService,
    private readonly config: ConfigStore,
  ) {}

  /** Why the canary is not in use here, one line each. */
  get problems(): readonly string[] {
    return this.refused?.problems.map((problem) => `canary: ${formatProblem(problem)}`) ?? [];
  }

  /** `id` of the canary that runs now; `null`: none does. Rejects when the database is away. */
  async follow(id: string | null): Promise<void> {
    if (this.refused?.id !== id || this.refused?.config !== this.config.current) this.refused = null;
    if (id === this.held || this.refused) return;
    const row = id === null ? undefined : await this.canaries.running();
    if (row) return this.takeUp(row);
    if (this.held === null) return;
    await this.policies.tryOut(null);
    this.held = null;
    this.logger.log(`No canary runs any more: all requests are planned by ${this.policies.current.label}`);
  }

  private async takeUp(row: CanaryRow): Promise<void> {
    const problems = await this.use(row);
    this.held = problems.length === 0 ? row.id : null;
    if (problems.length === 0) {
      return this.logger.log(`The canary ${row.label} plans ${row.share * 100} % of the traffic, by ${row.unit}`);
    }
    await this.policies.tryOut(null); // one before it, which has ended
    this.refused = { id: row.id, config: this.config.current, problems };
    this.logger.error(`The canary ${row.label} cannot be used here:\n${this.problems.join('\n')}`);
  }

  private async use({ label, share, unit }: CanaryRow): Promise<readonly ConfigProblem[]> {
    const ref = parseVersionRef(label);
    const [version] = ref?.kind === 'number' ? await this.versions.find(ref) : [];
    if (!version) throw new Error(`the version ${label} is gone`); // only drafts can be discarded
    const stored = readStored(version);
    return stored.ok ? this.policies.tryOut({ document: stored.value, draw: { label, share, unit } }) : stored.error;
  }
}
