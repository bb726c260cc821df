import { Injectable } from '@nestjs/common';
import { type BreakerState, isOutOfService, type KeyFigures, ProviderRegistry, TargetMonitor } from '@relay/providers';
import { Metrics, type WatchedFamily } from '@relay/trace';

/** As it is shown by the gauge. */
const STATE_VALUES = { closed: 0, 'half-open': 1, open: 2 } satisfies Record<BreakerState, number>;
const OUT_OF_SERVICE = 3; // an operator's word: no reason for an alert

/** Lets the metrics read the state of the upstream targets whenever somebody scrapes. */
@Injectable()
export class TargetMetrics {
  constructor(
    monitor: TargetMonitor,
    private readonly registry: ProviderRegistry,
    metrics: Metrics,
  ) {
    metrics.watchTargets(() =>
      [...monitor.figures().values()].map(({ provider, upstreamModel, breaker, reason, opened, refused }) => ({
        provider,
        model: upstreamModel,
        state: isOutOfService(reason) ? OUT_OF_SERVICE : STATE_VALUES[breaker],
        opened,
        refused,
      })),
    );
    metrics.watch(this.ofKeys());
  }

  private ofKeys(): WatchedFamily[] {
    return [
      {
        name: 'relay_provider_keys',
        help: 'Keys of providers that have several, by what they do: in_service, or resting as refused or limited',
        type: 'gauge',
        label: ['provider', 'state'],
        read: () =>
          this.seriesOf(({ total, refused, limited }) => ({ in_service: total - refused - limited, refused, limited })),
      },
      {
        name: 'relay_provider_key_rests_total',
        help: 'How often a key went to rest, by reason',
        type: 'counter',
        label: ['provider', 'reason'],
        read: () => this.seriesOf(({ rests }) => rests),
      },
    ];
  }

  private seriesOf(counts: (keys: KeyFigures) => Readonly<Record<string, number>>): Record<string, number> {
    const series = this.registry.providers().flatMap(({ id }) => {
      const keys = this.registry.client(id)?.keys;
      return keys ? Object.entries(counts(keys)).map(([name, count]) => [`${id} ${name}`, count] as const) : [];
    });
    return Object.fromEntries(series);
  }
}
