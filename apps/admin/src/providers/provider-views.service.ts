import { ConfigStore, type ProviderConfig } from '@relay/config';
import type { PriceInForceView, ProviderPage, ProviderView, TargetView } from '@relay/contracts';
import { RelayError } from '@relay/core';
import {
  type KeyFigures,
  Prices,
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
    private readonly prices: Prices,
  ) {}

  page(): ProviderPage {
    const data = this.registry.providers().map((provider) => this.view(provider));
    return { region: this.store.current.server.region ?? null, data, nextCursor: null };
  }

  /** Closes the breakers of a provider; throws `not_found` if there is none of that id. */
  resetBreakers(id: string): ProviderView {
    const provider = this.registry.providers().find((each) => each.id === id);
    if (!provider) throw new RelayError('not_found', 'There is no such provider.', { param: 'id' });
    this.monitor.reset(id);
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
      rttMs: figures[0]?.rttMs ?? null,
      targets: figures.map((target) => {
        const models = this.modelsOf(target);
        return targetView(target, models, this.pricesOf(target, models));
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

function targetView(figures: TargetFigures, models: string[], prices: PriceInForceView[]): TargetView {
  const { openUntil, lastError } = figures;
  return {
    upstreamModel: figures.upstreamModel,
    models,
    prices,
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
