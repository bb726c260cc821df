import { AlertsModule } from '@relay/alerts';
import { AuditLog, AuthModule } from '@relay/auth';
import { CacheModule, InvalidationQueue, WarmingQueue, WarmingStore } from '@relay/cache';
import { CapacityModule } from '@relay/capacity';
import { AUDIT_TRAIL, PolicyCanaries, PolicyDrafts, PolicyModule, PolicyReleases } from '@relay/policy';
import { ProvidersModule } from '@relay/providers';
import { SchedulerModule } from '@relay/scheduler';
import { TraceModule } from '@relay/trace';
import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AlertChannelsController } from './alerts/alert-channels.controller';
import { AlertChannelsService } from './alerts/alert-channels.service';
import { AlertRulesController } from './alerts/alert-rules.controller';
import { AlertRulesService } from './alerts/alert-rules.service';
import { AlertsController } from './alerts/alerts.controller';
import { AlertsService } from './alerts/alerts.service';
import { AuditController } from './audit/audit.controller';
import { AuditTeller } from './audit/audit-teller.service';
import { AuthController } from './auth/auth.controller';
import { OidcController } from './auth/oidc.controller';
import { BudgetsController } from './budgets/budgets.controller';
import { BudgetsService } from './budgets/budgets.service';
import { CacheAudit } from './cache/cache-audit';
import { CacheController } from './cache/cache.controller';
import { CacheEntriesService } from './cache/cache-entries.service';
import { CacheRemovalService } from './cache/cache-removal.service';
import { CacheInsightService } from './cache/cache-insight.service';
import { CacheNeighboursService } from './cache/cache-neighbours.service';
import { PromptAccess } from './cache/prompt-access';
import { CacheStatsService } from './cache/cache-stats.service';
import { InvalidationsController } from './cache/invalidations.controller';
import { InvalidationsService } from './cache/invalidations.service';
import { WarmOnPublish } from './cache/warm-on-publish.service';
import { WarmingsController } from './cache/warmings.controller';
import { WarmingsService } from './cache/warmings.service';
import { CapacityController } from './capacity/capacity.controller';
import { ConfigController } from './config/config.controller';
import { EvaluationsController } from './evaluations/evaluations.controller';
import { RelayErrorFilter } from './http/relay-error.filter';
import { ExplainService } from './policies/explain.service';
import { PoliciesController } from './policies/policies.controller';
import { PolicyVersionsController } from './policies/policy-versions.controller';
import { ProvidersController } from './providers/providers.controller';
import { ProviderActions } from './providers/provider-actions.service';
import { ProviderViews } from './providers/provider-views.service';
import { QueuesController } from './queues/queues.controller';
import { DatabaseFactsReader } from './system/database-facts';
import { SystemController } from './system/system.controller';
import { SystemService } from './system/system.service';
import { TenantGate } from './tenants/tenant-gate';
import { TenantKeysController } from './tenants/tenant-keys.controller';
import { TenantKeysService } from './tenants/tenant-keys.service';
import { TenantManagement } from './tenants/tenant-management.service';
import { TenantsController } from './tenants/tenants.controller';
import { LoginWatch } from './traces/login-watch';
import { TraceExportController } from './traces/trace-export.controller';
import { TraceTailController } from './traces/trace-tail.controller';
import { PayloadAccess } from './traces/payload-access';
import { TraceVerdictsController } from './traces/trace-verdicts.controller';
import { TracesController } from './traces/traces.controller';
import { InvoiceBodyLimit } from './usage/invoice-body-limit';
import { UsageController } from './usage/usage.controller';
import { UsersController } from './users/users.controller';

/** The control plane: `/api/*`. The filter is global, so that unknown routes get the same shape of error. */
@Module({
  imports: [
    AlertsModule,
    AuthModule,
    CacheModule,
    CapacityModule,
    PolicyModule,
    ProvidersModule,
    SchedulerModule,
    TraceModule,
  ],
  controllers: [
    AlertsController,
    AlertRulesController,
    AlertChannelsController,
    CapacityController,
    SystemController,
    AuditController,
    AuthController,
    OidcController,
    CacheController,
    InvalidationsController,
    WarmingsController,
    ConfigController,
    PoliciesController,
    PolicyVersionsController,
    ProvidersController,
    QueuesController,
    TenantsController,
    TenantKeysController,
    BudgetsController,
    UsageController,
    EvaluationsController,
    UsersController,
    TraceExportController,
    TraceTailController,
    TraceVerdictsController,
    TracesController, // last: its `:id` would take the names of the others
  ],
  providers: [
    LoginWatch,
    PayloadAccess,
    AlertsService,
    AlertRulesService,
    AlertChannelsService,
    SystemService,
    DatabaseFactsReader,
    AuditTeller,
    BudgetsService,
    InvoiceBodyLimit,
    TenantGate,
    TenantKeysService,
    TenantManagement,
    CacheAudit,
    CacheStatsService,
    CacheInsightService,
    CacheNeighboursService,
    PromptAccess,
    CacheEntriesService,
    CacheRemovalService,
    InvalidationsService,
    InvalidationQueue,
    WarmingsService,
    WarmOnPublish,
    WarmingStore,
    WarmingQueue,
    ExplainService,
    PolicyCanaries,
    PolicyDrafts,
    PolicyReleases,
    { provide: AUDIT_TRAIL, useExisting: AuditLog },
    ProviderActions,
    ProviderViews,
    { provide: APP_FILTER, useClass: RelayErrorFilter },
  ],
})
export class AdminModule {}
