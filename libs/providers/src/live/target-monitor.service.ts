import { isDeepStrictEqual } from 'node:util';
import { type ConfigConsumer, ConfigStore, type ProviderConfig, type RelayConfig } from '@relay/config';
import { targetKey } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import type { UpstreamOutcome } from '../ports/upstream-client.port';
import { OverrideBook } from '../overrides/override-book';
import { ProviderRegistry } from '../provider-registry.service';
import { refusedCall } from './refused-call';
import { roundTwoDigits } from './recent-sketches';
import type { TargetFigures } from './target-figures';
import { TargetHealth } from './target-health';

/** A snapshot of the figures is used for this long, in ms, unless a target opens, closes or is tried. */
const SNAPSHOT_MS = 1_000;

interface Target {
  readonly config: ProviderConfig;
  readonly upstreamModel: string;
  readonly health: TargetHealth;
}

/**
 * Watches every call to every target of the configuration, in this process: keeps calls from targets that are down, and tells how fast
 * and how reliable each is. A reload forgets targets that are gone, and what is known of those whose provider has changed.
 */
@Injectable()
export class TargetMonitor implements ConfigConsumer {
  readonly name = 'target monitor';
  private targets: ReadonlyMap<string, Target> = new Map();
  private overrides = new OverrideBook();
  private snapshot: ReadonlyMap<string, TargetFigures> = new Map();
  private staleAt = Number.NEGATIVE_INFINITY; // monotonic, in ms
  private readonly onChange = (): void => void (this.staleAt = Number.NEGATIVE_INFINITY);

  constructor(
    store: ConfigStore,
    private readonly providers: ProviderRegistry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    store.register(this);
  }

  /**
   * Makes the call, unless the target is open: then the outcome is a failure at once, `unavailable` or, while a Retry-After of a 429
   * runs, `upstream_rate_limited`, or `upstream_error` where it did not take the relay's key; another target may be tried. A target that
   * is not configured is called unwatched. `run` says when the stream begins: a target that was tried is open to others from then on.
   */
  async call(
    provider: string,
    upstreamModel: string,
    run: (onBegun: () => void) => Promise<UpstreamOutcome>,
  ): Promise<UpstreamOutcome> {
    const health = this.targets.get(targetKey(provider, upstreamModel))?.health;
    if (!health) return run(() => undefined);
    const startedAt = this.clock.monotonic();
    const admitted = health.admit(startedAt);
    if (admitted === null) return refusedCall(provider, upstreamModel, health, this.clock);
    let pass = admitted;
    let outcome: UpstreamOutcome | undefined;
    try {
      outcome = await run(() => (pass = health.begun(pass)));
      return outcome;
    } finally {
      if (outcome) health.record(pass, outcome, startedAt);
      else health.gaveUp(pass, startedAt);
    }
  }

  /**
   * A stream was ended after `waitedMs` without a token, because another target was faster. Such calls count with that time: without
   * them the slowest would be missing, P95 would sink, and with it the time after which the next call is hedged.
   */
  overtaken(provider: string, upstreamModel: string, waitedMs: number): void {
    this.targets.get(targetKey(provider, upstreamModel))?.health.overtaken(waitedMs);
  }

  /** By `targetKey`. The same object until a second has passed or a target opens, closes or is tried. */
  figures(): ReadonlyMap<string, TargetFigures> {
    const now = this.clock.monotonic();
    if (now >= this.staleAt) this.takeSnapshot(now);
    return this.snapshot;
  }

  /** Closes the breakers of a provider and ends its wishes to be left alone. */
  reset(providerId: string): void {
    for (const { config, health } of this.targets.values()) if (config.id === providerId) health.reset();
  }

  /** What operators say of providers and targets from now on. */
  override(overrides: OverrideBook): void {
    this.overrides = overrides;
    this.applyOverrides();
    this.onChange();
  }

  prepare(config: RelayConfig): ReturnType<ConfigConsumer['prepare']> {
    const next = this.targetsOf(config);
    const apply = (): void => {
      this.targets = next;
      this.applyOverrides();
      this.onChange();
    };
    return { problems: [], apply };
  }

  private targetsOf({ providers, models }: RelayConfig): Map<string, Target> {
    const providerById = new Map(providers.map((provider) => [provider.id, provider]));
    const targets = new Map<string, Target>();
    for (const { provider, model } of models.flatMap((each) => each.targets)) {
      const config = providerById.get(provider);
      const key = targetKey(provider, model);
      if (config && !targets.has(key)) targets.set(key, this.targetFor(key, config, model));
    }
    return targets;
  }

  private targetFor(key: string, config: ProviderConfig, upstreamModel: string): Target {
    const before = this.targets.get(key);
    if (before && isDeepStrictEqual(before.config, config)) return before;
    return { config, upstreamModel, health: new TargetHealth(this.clock, this.onChange) };
  }

  private applyOverrides(): void {
    for (const { config, upstreamModel, health } of this.targets.values())
      health.overrides = this.overrides.about(config.id, upstreamModel);
  }

  private takeSnapshot(now: number): void {
    this.staleAt = now + SNAPSHOT_MS;
    const snapshot = new Map<string, TargetFigures>();
    for (const [key, target] of this.targets) snapshot.set(key, this.figuresOf(target, now));
    this.snapshot = snapshot;
  }

  private figuresOf({ config, upstreamModel, health }: Target, now: number): TargetFigures {
    const { state, reason, until } = health.admission(now);
    if (state === 'open') this.staleAt = Math.min(this.staleAt, until);
    const rttMs = this.providers.client(config.id)?.rttMs ?? null;
    return {
      provider: config.id,
      upstreamModel,
      breaker: state,
      reason,
      openUntil: state === 'open' ? Math.round(this.clock.now() + until - now) : null,
      ...health.figures(now),
      rttMs: rttMs === null ? null : roundTwoDigits(rttMs),
      lastError: health.lastError,
      opened: health.opened,
      refused: health.refused,
    };
  }
}
