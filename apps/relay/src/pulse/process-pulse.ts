import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ProcessStore } from '@relay/alerts';
import { ENVIRONMENT, type Environment } from '@relay/config';
import { CLOCK, type Clock, newTraceId, RELAY_VERSION, within } from '@relay/core';
import { isOutOfService, type TargetFigures, TargetMonitor } from '@relay/providers';
import { TraceRecorder } from '@relay/trace';

const EVERY_MS = 30_000;
/** A database that is away does not hold up the end of a process longer, ms. */
const LEAVE_TIMEOUT_MS = 1_000;

/** Writes down now and then what this process knows that no other can: its spool, its breakers. Alerts and the console read it. */
@Injectable()
export class ProcessPulse implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(ProcessPulse.name);
  private readonly id: string;
  private readonly startedAt: string;
  private cancelTimer: () => void = () => undefined;
  private isStopped = false;
  private isTroubled = false; // logged when it begins

  constructor(
    private readonly processes: ProcessStore,
    private readonly traces: TraceRecorder,
    private readonly targets: TargetMonitor,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.id = newTraceId(clock.now());
    this.startedAt = new Date(clock.now()).toISOString();
  }

  onApplicationBootstrap(): void {
    void this.beat();
  }

  onModuleDestroy(): void {
    this.isStopped = true;
    this.cancelTimer();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const leaving = this.processes.leave(this.id).catch(() => undefined);
    await within(this.clock, LEAVE_TIMEOUT_MS, leaving);
  }

  private async beat(): Promise<void> {
    try {
      await this.tell();
      this.isTroubled = false;
    } catch (error) {
      if (!this.isTroubled && !this.isStopped) this.logger.warn(`This process cannot say how it is: ${String(error)}`);
      this.isTroubled = true;
    }
    if (!this.isStopped) this.cancelTimer = this.clock.after(EVERY_MS, () => void this.beat());
  }

  private tell(): Promise<void> {
    const { queued, spooledBytes: bytes, dropped } = this.traces.status();
    return this.processes.tell({
      ...{ id: this.id, roles: [...this.environment.RELAY_ROLES], version: RELAY_VERSION, startedAt: this.startedAt },
      ...{ spool: { queued, bytes, dropped }, openBreakers: shunned([...this.targets.figures().values()]) },
    });
  }
}

/** Providers of which no target is called, because calls failed or the key was refused. A limit of the rate passes by itself; what operators do, they know. */
export function shunned(targets: readonly Pick<TargetFigures, 'provider' | 'breaker' | 'reason'>[]): string[] {
  const providers = [...new Set(targets.map(({ provider }) => provider))];
  const isOpen = ({ breaker, reason }: Pick<TargetFigures, 'breaker' | 'reason'>): boolean =>
    breaker !== 'closed' && reason !== 'rate-limit' && !isOutOfService(reason);
  return providers.filter((id) => targets.every((target) => target.provider !== id || isOpen(target)));
}
