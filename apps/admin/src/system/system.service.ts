import { existsSync } from 'node:fs';
import path from 'node:path';
import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { AlertStore, ProcessStore } from '@relay/alerts';
import { CONFIG_RELOADER, type ConfigReloader, ConfigStore, ENVIRONMENT, type Environment } from '@relay/config';
import { QUEUES, type System } from '@relay/contracts';
import { CLOCK, type Clock, RELAY_VERSION, within } from '@relay/core';
import { QueueFactory, RedisHealth } from '@relay/database';
import { TraceRecorder } from '@relay/trace';
import type { Queue } from 'bullmq';
import { DatabaseFactsReader } from './database-facts';
import { generatedSecrets } from './generated-secrets';
import { warningsOf } from './warnings';

/** A store that does not answer within this time, ms, leaves its part out. */
const TIMEOUT_MS = 2_000;
/** Problems of the last reload that are told. */
const MAX_PROBLEMS = 20;

/** The relay itself, as this process sees it. It answers also while stores are away. */
@Injectable()
export class SystemService {
  private readonly startedAt: number;

  constructor(
    private readonly database: DatabaseFactsReader,
    private readonly redis: RedisHealth,
    private readonly processes: ProcessStore,
    private readonly alerts: AlertStore,
    private readonly traces: TraceRecorder,
    private readonly config: ConfigStore,
    private readonly queues: QueueFactory,
    @InjectQueue(QUEUES.maintenance) private readonly maintenance: Queue,
    @Inject(CONFIG_RELOADER) private readonly reloader: ConfigReloader,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.startedAt = clock.now();
  }

  async read(): Promise<System> {
    const [database, redis, processes, alerts, maintenance] = await Promise.all([
      this.database.read(),
      this.redisFacts(),
      this.inTime(this.processes.list()),
      this.inTime(this.alerts.firing()),
      this.inTime(this.maintenance.getJobCounts('waiting', 'active', 'failed')),
    ]);
    const { spooledBytes: bytes, ...spool } = this.traces.status();
    const { DATABASE_URL, RELAY_ENCRYPTION_KEY, RELAY_ROLES } = this.environment;
    const system = {
      ...{ version: RELAY_VERSION, nodeVersion: process.versions.node, roles: [...RELAY_ROLES] },
      ...{ startedAt: new Date(this.startedAt).toISOString(), uptimeMs: this.clock.now() - this.startedAt },
      ...{ form: DATABASE_URL === undefined ? ('embedded' as const) : ('distributed' as const) },
      ...{ processes: processes ?? [], database, redis, spool: { ...spool, bytes }, alerts },
      queues: { backend: this.queues.backend, maintenance: maintenance && countsOf(maintenance) },
      retention: this.retention(),
      config: this.configFacts(),
      vault: this.vaultFacts(),
      encryption: RELAY_ENCRYPTION_KEY !== undefined,
    };
    return { ...system, warnings: warningsOf({ system, generated: generatedSecrets(this.environment) }) };
  }

  private async redisFacts(): Promise<System['redis']> {
    if (!this.redis.configured) return { configured: false, state: 'none' };
    const state = await this.redis.ping().then(
      () => 'up' as const,
      () => 'down' as const,
    );
    return { configured: true, state };
  }

  private retention(): System['retention'] {
    const { traces, responses, alerts } = this.config.current;
    return {
      tracesDays: traces.retentionDays,
      responsesDays: responses.retentionDays,
      alertsDays: alerts.retentionDays,
    };
  }

  private configFacts(): System['config'] {
    const { providers, models, tenants } = this.config.current;
    const outcome = this.reloader.outcome ?? null;
    const applied = outcome !== null && outcome.problems.length === 0;
    return {
      file: existsSync(this.config.source) ? path.basename(this.config.source) : null,
      ...{ providers: providers.length, models: models.length, tenants: tenants.length },
      loadedAt: new Date(applied ? outcome.at : this.startedAt).toISOString(),
      lastReload: outcome && {
        ...{ at: new Date(outcome.at).toISOString(), applied },
        problems: outcome.problems.slice(0, MAX_PROBLEMS),
      },
    };
  }

  private vaultFacts(): System['vault'] {
    const status = this.reloader.vault?.() ?? null;
    return status && { ...status, readAt: status.readAt === null ? null : new Date(status.readAt).toISOString() };
  }

  /** Null where the store does not answer in time, or refuses. */
  private async inTime<T>(asking: Promise<T>): Promise<T | null> {
    let value: T | null = null;
    const settled = asking.then(
      (found) => void (value = found),
      () => undefined,
    );
    await within(this.clock, TIMEOUT_MS, settled);
    return value;
  }
}

const countsOf = (counts: Record<string, number>) => ({
  waiting: counts['waiting'] ?? 0,
  active: counts['active'] ?? 0,
  failed: counts['failed'] ?? 0,
});
