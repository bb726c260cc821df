import type { AuthenticatedUser } from '@relay/auth';
import { ConfigStore, type RelayConfig } from '@relay/config';
import { AskedRequests, CHAT_ROUTE } from '@relay/trace';
import { Injectable, Logger } from '@nestjs/common';
import { WarmingsService } from './warmings.service';

type Terms = NonNullable<RelayConfig['cache']['warmOnPublish']>;

/** Those that ask most; others warm the cache by asking. */
const MAX_TENANTS = 200;
/** By then the workers have taken over a policy that was published just now; before, they would ask under the one it replaces. */
const TAKEN_OVER_MS = 5_000;

/** A new policy may leave what is cached behind: has the requests of the past asked again, where relay.yaml wants that. */
@Injectable()
export class WarmOnPublish {
  private readonly logger = new Logger(WarmOnPublish.name);

  constructor(
    private readonly config: ConfigStore,
    private readonly asked: AskedRequests,
    private readonly warmings: WarmingsService,
  ) {}

  /** One warming for each tenant whose requests are kept, in the name of who published. Never rejects: the policy is in force already. */
  async start(user: AuthenticatedUser): Promise<void> {
    const { warmOnPublish: terms } = this.config.current.cache;
    if (!terms) return;
    try {
      for (const tenant of await this.asked.askers(CHAT_ROUTE, terms.days, MAX_TENANTS))
        await this.warm(user, tenant, terms);
    } catch (error) {
      this.logger.warn(`The cache is not warmed for the new policy: ${String(error)}`);
    }
  }

  private async warm(
    user: AuthenticatedUser,
    tenant: string,
    { top, days, maxUsdPerTenant: maxUsd }: Terms,
  ): Promise<void> {
    try {
      await this.warmings.start(user, { tenant, source: { traces: { days, top } }, maxUsd }, TAKEN_OVER_MS);
    } catch (error) {
      this.logger.warn(`The cache of ${tenant} is not warmed for the new policy: ${String(error)}`);
    }
  }
}
