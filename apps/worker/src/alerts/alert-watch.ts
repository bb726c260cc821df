import { AlertStore, Evaluation, Notifier } from '@relay/alerts';
import { ConfigStore } from '@relay/config';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** How often is looked for notices whose next try is due, ms. */
const NOTIFY_EVERY_MS = 5_000;

/** Looks at the rules when maintenance says so, and tells channels all the time, apart from it. */
@Injectable()
export class AlertWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(AlertWatch.name);
  private cancelTimer: () => void = () => undefined;
  private isStopped = false;
  private isTroubled = false; // the database is away; logged when it begins

  constructor(
    private readonly evaluation: Evaluation,
    private readonly notifier: Notifier,
    private readonly alerts: AlertStore,
    private readonly config: ConfigStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.arm();
  }

  onModuleDestroy(): void {
    this.isStopped = true;
    this.cancelTimer();
  }

  /** Rejects when the database is away. What was found is told without being waited for. */
  async run(): Promise<void> {
    await this.evaluation.run();
    void this.notify();
    await this.alerts.forget(this.config.current.alerts.retentionDays);
  }

  private arm(): void {
    if (this.isStopped) return;
    this.cancelTimer = this.clock.after(NOTIFY_EVERY_MS, () => {
      void this.notify(); // not waited for: a channel that hangs must not hold up the others
      this.arm();
    });
  }

  private async notify(): Promise<void> {
    try {
      await this.notifier.run();
      this.isTroubled = false;
    } catch (error) {
      if (!this.isTroubled && !this.isStopped) this.logger.warn(`Notices of alerts wait: ${String(error)}`);
      this.isTroubled = true;
    }
  }
}
