import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { Readiness } from './readiness';
import { StoreHealth } from './store-health';

/** Terminus: live means that the process answers, ready means that it serves. */
@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly stores: StoreHealth,
    private readonly readiness: Readiness,
  ) {}

  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  /** A store that is away is told, but does not take a gateway out of service that still serves from memory. */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    if (!this.readiness.isReady)
      throw new ServiceUnavailableException({ status: 'error', error: { relay: { status: this.readiness.state } } });
    return this.health.check([() => this.stores.database(), () => this.stores.redis(), () => this.stores.vault()]);
  }
}
