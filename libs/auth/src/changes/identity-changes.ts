import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CHANGE_BUS, type ChangeBus } from './change-bus.port';
import type { ChangeListener, IdentityChange } from './identity-change';

/**
 * Makes changes of keys, tenants and users hold at once: whoever remembers some of them hears of every change, wherever it was made.
 * A message that is lost costs no more than the life of what is remembered (`FRESH_MS`); after a break of the connection everything is looked up anew.
 */
@Injectable()
export class IdentityChanges implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly listeners: ChangeListener[] = [];
  private readonly logger = new Logger(IdentityChanges.name);
  private failing = false;

  constructor(@Inject(CHANGE_BUS) private readonly bus: ChangeBus | null) {}

  onApplicationBootstrap(): void {
    this.bus?.follow({
      changed: (change) => this.tellHere(change),
      missed: () => this.listeners.forEach((listener) => listener.missed()),
    });
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
      await this.bus?.publish(change);
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
