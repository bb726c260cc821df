import { ConfigStore, type ProviderConfig } from '@relay/config';
import type { PriceInForceView, ProviderOverrideView, ProviderPage, ProviderView, TargetView } from '@relay/contracts';
import { RelayError } from '@relay/core';
import {
  type KeyFigures,
  Prices,
  type ProviderOverride,
  ProviderOverrides,
  ProviderRegistry,
  publicBaseUrl,
  type TargetFigures,
  TargetMonitor,
} from '@relay/providers';
import { Injectable } from '@nestjs/common';

/** The providers of the configuration and how they do, as this process sees it. */
@Injectable()
export class ProviderViews {
  constructor(
    private readonly store: ConfigStore,
    private readonly registry: ProviderRegistry,
    private readonly monitor: TargetMonitor,
    private readonly overrides: ProviderOverrides,
    private readonly prices: Prices,
  ) {}

  page(): ProviderPage {
    const data = this.registry.providers().map((provider) => this.view(provider));
    return { region: this.store.current.server.region ?? null, data, nextCursor: null };
  }

  /** Throws `not_found` if there is none of that id. */
  one(id: string): ProviderView {
    const provider = this.registry.providers().find((each) => each.id === id);
    if (!provider) throw new RelayError('not_found', 'There is no such provider.', { param: 'id' });
    return this.view(provider);
  }

  private view(provider: ProviderConfig): ProviderView {
    const { id, kind, region, limits } = provider;
    const figures = [...this.monitor.figures().values()].filter((target) => target.provider === id);
    return {
      id,
      kind,
      region: region ?? null,
      baseUrl: publicBaseUrl(provider),
      limits: {
        concurrency: limits.concurrency,
        requestsPerMinute: limits.requestsPerMinute ?? null,
        tokensPerMinute: limits.tokensPerMinute ?? null,
      },
      keys: keysView(this.registry.client(id)?.keys),
      override: overrideView(this.overrides.of(id, null)),
      rttMs: figures[0]?.rttMs ?? null,
      targets: figures.map((target) => {
        const models = this.modelsOf(target);
        const override = overrideView(this.overrides.of(id, target.upstreamModel));
        return { ...targetView(target), models, prices: this.pricesOf(target, models), override };
      }),
    };
  }

  private modelsOf({ provider, upstreamModel }: TargetFigures): string[] {
    return this.registry
      .models()
      .filter(({ targets }) => targets.some((each) => each.provider === provider && each.model === upstreamModel))
      .map(({ id }) => id);
  }

  private pricesOf({ provider, upstreamModel }: TargetFigures, models: readonly string[]): PriceInForceView[] {
    return models.flatMap((model) => {
      const found = this.prices.of({ model, provider, upstreamModel });
      return found ? [{ model, ...found }] : [];
    });
  }
}

function keysView(keys: KeyFigures | undefined): ProviderView['keys'] {
  if (!keys) return null;
  const { total, refused, limited } = keys;
  return { total, inService: total - refused - limited, refused, limited };
}

function overrideView(override: ProviderOverride | null): ProviderOverrideView | null {
  if (!override) return null;
  const { mode, since, until, by, reason } = override;
  return { mode, since: new Date(since).toISOString(), until: new Date(until).toISOString(), by, reason };
}

function targetView(figures: TargetFigures): Omit<TargetView, 'models' | 'prices' | 'override'> {
  const { openUntil, lastError } = figures;
  return {
    upstreamModel: figures.upstreamModel,
    breaker: figures.breaker,
    reason: figures.reason,
    openUntil: openUntil === null ? null : new Date(openUntil).toISOString(),
    ttftP50Ms: figures.ttftP50Ms,
    ttftP90Ms: figures.ttftP90Ms,
    ttftP95Ms: figures.ttftP95Ms,
    tpotP50Ms: figures.tpotP50Ms,
    tpotP90Ms: figures.tpotP90Ms,
    samples: figures.samples,
    errorRate: figures.errorRate,
    lastError: lastError === null ? null : { ...lastError, at: new Date(lastError.at).toISOString() },
  };
}
