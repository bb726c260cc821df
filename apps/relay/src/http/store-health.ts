import { Injectable } from '@nestjs/common';
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
  ) {}

  database(): Promise<HealthIndicatorResult> {
    return this.report('database', () => this.databaseHealth.ping());
  }

  redis(): Promise<HealthIndicatorResult> {
    if (!this.redisHealth.configured) return Promise.resolve(this.indicators.check('redis').up({ configured: false }));
    return this.report('redis', () => this.redisHealth.ping());
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
