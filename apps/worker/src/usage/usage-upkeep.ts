import { Injectable, Logger } from '@nestjs/common';
import { TenantService } from '@relay/auth';
import { type TenantModels, UsageReferences, UsageRollups } from '@relay/trace';
import { BudgetRound } from './budget-round';

const PAGE = 200; // tenants
/** Tenants whose allowed models are looked at. */
const MAX_TENANTS = 50_000;

/** Counts usage, and tells of budgets whose thresholds were crossed. */
@Injectable()
export class UsageUpkeep {
  private readonly logger = new Logger(UsageUpkeep.name);

  constructor(
    private readonly tenants: TenantService,
    private readonly references: UsageReferences,
    private readonly rollups: UsageRollups,
    private readonly budgets: BudgetRound,
  ) {}

  /** What fails keeps nothing else from being done. Rejects at the end with what failed first; the next round goes on from there. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of [() => this.renewReferences(), () => this.rollups.run(), () => this.budgets.run()])
      await step().catch((error: unknown) => failures.push(error));
    for (const error of failures.slice(1)) this.logger.warn(`Usage: ${String(error)}`);
    if (failures.length > 0) throw failures[0];
  }

  /** Before traces of that time are dropped: their usage stays. */
  freezeBefore(time: number): Promise<void> {
    return this.rollups.freezeBefore(time);
  }

  /** What is past its time, and no traces hang on. */
  forget(): Promise<void> {
    return this.budgets.forget();
  }

  private async renewReferences(): Promise<void> {
    const limited: TenantModels[] = [];
    let cursor: string | null = null;
    let seen = 0;
    do {
      const query = { limit: PAGE, status: 'all' as const, ...(cursor === null ? {} : { cursor }) };
      const page: Awaited<ReturnType<TenantService['list']>> = await this.tenants.list(query, null);
      if (!page.ok) throw page.error;
      const { data, nextCursor } = page.value;
      limited.push(...data.filter(({ models }) => models !== null));
      seen += data.length;
      cursor = nextCursor;
    } while (cursor !== null && seen < MAX_TENANTS);
    await this.references.renew(limited);
  }
}
