import { AuthModule } from '@relay/auth';
import { PolicyModule } from '@relay/policy';
import { ProvidersModule } from '@relay/providers';
import { SchedulerModule } from '@relay/scheduler';
import { TraceModule } from '@relay/trace';
import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AuthController } from './auth/auth.controller';
import { ConfigController } from './config/config.controller';
import { RelayErrorFilter } from './http/relay-error.filter';
import { ExplainService } from './policies/explain.service';
import { PoliciesController } from './policies/policies.controller';
import { ProvidersController } from './providers/providers.controller';
import { ProviderViews } from './providers/provider-views.service';
import { QueuesController } from './queues/queues.controller';
import { TenantGate } from './tenants/tenant-gate';
import { TenantKeysController } from './tenants/tenant-keys.controller';
import { TenantKeysService } from './tenants/tenant-keys.service';
import { TenantsController } from './tenants/tenants.controller';
import { TracesController } from './traces/traces.controller';

/** The control plane: `/api/*`. The filter is global, so that unknown routes get the same shape of error. */
@Module({
  imports: [AuthModule, PolicyModule, ProvidersModule, SchedulerModule, TraceModule],
  controllers: [
    AuthController,
    ConfigController,
    PoliciesController,
    ProvidersController,
    QueuesController,
    TenantsController,
    TenantKeysController,
    TracesController,
  ],
  providers: [
    TenantGate,
    TenantKeysService,
    ExplainService,
    ProviderViews,
    { provide: APP_FILTER, useClass: RelayErrorFilter },
  ],
})
export class AdminModule {}
