import type { RelayConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { cataloguedPrices, genaiPrices } from '@relay/providers';

/** Adds what the catalogue says to a configuration, and tells when that changes by the catalogue's own calendar. */
export class PriceCalendar {
  private until: number | null = null; // ms since the epoch
  private onChange: (() => void) | null = null;
  private stopTimer: () => void = () => undefined;
  /** Why nothing could be looked up; the relay then runs without. */
  problem: string | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly catalogue = genaiPrices,
  ) {}

  priced(config: RelayConfig): RelayConfig {
    try {
      const { prices, until } = cataloguedPrices(config, this.catalogue, this.clock.now());
      this.problem = null;
      this.waitUntil(until);
      return { ...config, catalogued: prices };
    } catch (error) {
      this.problem = `the price catalogue could not be used: ${String(error)}`;
      return config;
    }
  }

  /** Calls back whenever a price has changed, until the returned function is called. */
  watch(onChange: () => void): () => void {
    this.onChange = onChange;
    this.waitUntil(this.until);
    return () => {
      this.onChange = null;
      this.stopTimer();
    };
  }

  private waitUntil(until: number | null): void {
    this.until = until;
    this.stopTimer();
    if (until === null || this.onChange === null) return;
    this.stopTimer = this.clock.after(until - this.clock.now(), () => this.onChange?.());
  }
}
