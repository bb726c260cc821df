import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { ENVIRONMENT, type Environment } from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import { DataSource } from 'typeorm';
import { AskedRequests } from './cache-stats/asked-requests';
import { CacheStatsStore } from './cache-stats/cache-stats.store';
import { EntryHitsStore } from './cache-stats/entry-hits.store';
import { LookUpsStore } from './cache-stats/look-ups.store';
import { EvaluationStore } from './evaluations/evaluation.store';
import { FeedbackLedger } from './feedback/feedback-ledger';
import { FeedbackService } from './feedback/feedback.service';
import { FeedbackStore } from './feedback/feedback-store';
import { FinishedRequests } from './feedback/finished-requests';
import { Metrics } from './metrics/metrics';
import { Telemetry } from './otel/telemetry.service';
import { TelemetryListener } from './otel/telemetry-listener';
import { TraceInserter } from './persistence/trace-inserter';
import { PayloadVault } from './payloads/payload-vault';
import { BudgetSpend } from './spend/budget-spend';
import { KeySpend } from './spend/key-spend';
import { SpendLedger } from './spend/spend-ledger';
import { RejectedRows } from './spool/rejected-rows';
import { TraceSpool } from './spool/trace-spool';
import { InvoiceReconciler } from './usage/reconcile/invoice-reconciler';
import { UsageReferences } from './usage/usage-references';
import { UsageRollups } from './usage/usage-rollups';
import { UsageStore } from './usage/usage.store';
import { TraceRecorder } from './trace.recorder';
import { TraceShipper } from './trace-shipper';
import { TraceTail } from './tail/trace-tail.service';
import { TraceCounts } from './trace-counts.store';
import { TraceExport } from './export/trace-export.service';
import { TraceStore } from './trace.store';

const spoolDirectory = (environment: Environment): string => join(environment.RELAY_DATA_DIR, 'spool');

/** Traces, metrics, feedback and what tenants spend. Expects DatabaseModule, ENVIRONMENT and CLOCK to be provided globally. */
@Module({
  providers: [
    Metrics,
    Telemetry,
    TelemetryListener,
    TraceRecorder,
    TraceStore,
    TraceCounts,
    TraceTail,
    TraceExport,
    FinishedRequests,
    FeedbackStore,
    FeedbackLedger,
    FeedbackService,
    SpendLedger,
    BudgetSpend,
    KeySpend,
    UsageReferences,
    UsageRollups,
    UsageStore,
    InvoiceReconciler,
    CacheStatsStore,
    EntryHitsStore,
    LookUpsStore,
    AskedRequests,
    PayloadVault,
    EvaluationStore,
    {
      provide: TraceSpool,
      inject: [ENVIRONMENT, CLOCK],
      useFactory: (environment: Environment, clock: Clock) => new TraceSpool(spoolDirectory(environment), clock),
    },
    {
      provide: RejectedRows,
      inject: [ENVIRONMENT],
      useFactory: (environment: Environment) => new RejectedRows(spoolDirectory(environment)),
    },
    {
      provide: TraceInserter,
      inject: [getDataSourceToken()],
      useFactory: (dataSource: DataSource) => new TraceInserter(dataSource),
    },
    {
      provide: TraceShipper,
      inject: [TraceSpool, TraceInserter, RejectedRows, CLOCK],
      useFactory: (spool: TraceSpool, inserter: TraceInserter, rejected: RejectedRows, clock: Clock) =>
        new TraceShipper(spool, inserter, rejected, clock),
    },
  ],
  exports: [
    Metrics,
    Telemetry,
    TraceRecorder,
    TraceStore,
    TraceCounts,
    TraceTail,
    TraceExport,
    FeedbackService,
    FeedbackLedger,
    SpendLedger,
    InvoiceReconciler,
    BudgetSpend,
    KeySpend,
    UsageReferences,
    UsageRollups,
    UsageStore,
    CacheStatsStore,
    EntryHitsStore,
    LookUpsStore,
    AskedRequests,
    PayloadVault,
    EvaluationStore,
  ],
})
export class TraceModule {}
