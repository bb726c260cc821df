import { Inject, Injectable } from '@nestjs/common';
import { CONFIG_RELOADER, type ConfigReloader } from '@relay/config';
import { DatabaseHealth, RedisHealth } from '@relay/database';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';

/**
 * The stores as health indicators. A store that is away is reported with its reason and `degraded: true`, yet counts as up:
 * the relay goes on serving from memory and spools its traces, so an orchestrator must not take it out of service.
 */
@Injectable()
export class StoreHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly databaseHealth: DatabaseHealth,
    private readonly redisHealth: RedisHealth,
    @Inject(CONFIG_RELOADER) private readonly reloader: ConfigReloader,
  ) {}

  database(): Promise<HealthIndicatorResult> {
    return this.report('database', () => this.databaseHealth.ping());
  }

  redis(): Promise<HealthIndicatorResult> {
    if (!this.redisHealth.configured) return Promise.resolve(this.indicators.check('redis').up({ configured: false }));
    return this.report('redis', () => this.redisHealth.ping());
  }

  /** Secrets that were read once stay in force: a Vault that is away degrades as well. */
  vault(): HealthIndicatorResult {
    const status = this.reloader.vault?.() ?? null;
    const indicator = this.indicators.check('vault');
    if (status === null) return indicator.up({ configured: false });
    return status.problem === null ? indicator.up() : indicator.up({ degraded: true, reason: status.problem });
  }

  private async report(name: string, ping: () => Promise<void>): Promise<HealthIndicatorResult> {
    try {
      await ping();
      return this.indicators.check(name).up();
    } catch (error) {
      return this.indicators.check(name).up({ degraded: true, reason: error instanceof Error ? error.name : 'error' });
    }
  }
}
