import { CLOCK, type Clock, within } from '@relay/core';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { TargetMonitor } from '../live/target-monitor.service';
import { OverrideBook, type ProviderOverride } from './override-book';
import { OverrideStore } from './override-store';

/** Processes tell each other of changes; a message that is lost costs no more than this, in ms. */
const POLL_MS = 10_000;
/** A stop, and a start, wait so long for a look that is under way, in ms. */
const LOOK_WAIT_MS = 2_000;

/**
 * Keeps the operators' overrides in force in this process, as the database has them. While that is away the last ones hold, until their
 * time: they end by the clock, and need nobody for it.
 */
@Injectable()
export class ProviderOverrides implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(ProviderOverrides.name);
  private book = new OverrideBook();
  private looking: Promise<unknown> = Promise.resolve();
  private cancelPoll: () => void = () => undefined;
  private stopped = false;
  private isAway = false;

  constructor(
    private readonly store: OverrideStore,
    private readonly monitor: TargetMonitor,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Before anything is served; a database that is away does not hold up the start. */
  async onModuleInit(): Promise<void> {
    await within(this.clock, LOOK_WAIT_MS, this.refresh());
    this.pollLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.cancelPoll();
    await within(this.clock, LOOK_WAIT_MS, this.looking);
  }

  /** What was said of a provider, or of just one of its targets; null where nothing is in force. */
  of(provider: string, target: string | null): ProviderOverride | null {
    return this.book.of(provider, target, this.clock.now());
  }

  /** Takes over what is there now; looks take turns, so that an older answer never replaces a newer. Never rejects. */
  refresh(): Promise<void> {
    const look = this.looking.then(() => this.look());
    this.looking = look;
    return look;
  }

  private pollLater(): void {
    if (this.stopped) return;
    this.cancelPoll = this.clock.after(POLL_MS, () => void this.refresh().then(() => this.pollLater()));
  }

  private async look(): Promise<void> {
    try {
      const overrides = await this.store.all(this.clock.now());
      if (this.stopped) return;
      if (this.book.size > 0 || overrides.length > 0) {
        this.book = new OverrideBook(overrides);
        this.monitor.override(this.book);
      }
      if (this.isAway) this.logger.log('Overrides of providers can be looked up again');
      this.isAway = false;
    } catch (error) {
      if (!this.isAway && !this.stopped)
        this.logger.warn(`Overrides of providers cannot be looked up, the last ones stay: ${String(error)}`);
      this.isAway = true;
    }
  }
}
