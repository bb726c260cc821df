import { randomUUID } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CLOCK, type Clock, within } from '@relay/core';
import { CHANGE_BUS, type ChangeBus } from './change-bus.port';
import type { ChangeListener, IdentityChange } from './identity-change';

/** How long a starting process waits for the first word of the others. */
const START_TIMEOUT_MS = 2_000;

/**
 * Makes changes of keys, tenants and users hold at once: whoever remembers some of them hears of every change, wherever it was made.
 * A message that is lost costs no more than the life of what is remembered (`FRESH_MS`); after a break of the connection everything is looked up anew.
 */
@Injectable()
export class IdentityChanges implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly processId = randomUUID();
  private readonly listeners: ChangeListener[] = [];
  private readonly logger = new Logger(IdentityChanges.name);
  private failing = false;

  constructor(
    @Inject(CHANGE_BUS) private readonly bus: ChangeBus | null,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Waits until it hears of changes, but not for a server that is away. */
  async onApplicationBootstrap(): Promise<void> {
    const following = this.bus?.follow({
      changed: (change) => {
        if (change.from !== this.processId) this.tellHere(change);
      },
      missed: () => this.listeners.forEach((listener) => listener.missed()),
    });
    if (following) await within(this.clock, START_TIMEOUT_MS, following).catch(() => undefined);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.bus?.close();
  }

  listen(listener: ChangeListener): void {
    this.listeners.push(listener);
  }

  /** After the change is committed; never rejects. When it resolves no request that comes here later sees the old state. */
  async announce(change: IdentityChange): Promise<void> {
    this.tellHere(change);
    try {
      await this.bus?.publish({ ...change, from: this.processId });
      this.failing = false;
    } catch (cause) {
      if (!this.failing)
        this.logger.warn(`other processes hear of a change within seconds, not at once: ${String(cause)}`);
      this.failing = true;
    }
  }

  private tellHere(change: IdentityChange): void {
    for (const listener of this.listeners) listener.changed(change);
  }
}
