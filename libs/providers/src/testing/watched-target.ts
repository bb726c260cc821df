import { ConfigStore, type RelayConfig, relayConfigSchema } from '@relay/config';
import { policyDocumentSchema, targetKey } from '@relay/contracts';
import { FakeClock, ScriptedUpstream, type UpstreamScript } from '@relay/testing';
import type { TargetFigures } from '../live/target-figures';
import { TargetMonitor } from '../live/target-monitor.service';
import type { UpstreamOutcome, UpstreamRequest } from '../ports/upstream-client.port';
import { ProviderRegistry } from '../provider-registry.service';
import { call, type ObservedCall } from './call-harness';

export function relayConfig(providers: unknown[], models: unknown[] = []): RelayConfig {
  const policy = policyDocumentSchema.parse({ name: 'p', version: 1 });
  return { ...relayConfigSchema.parse({ providers, models }), policy };
}

export const modelOf = (...targets: readonly [provider: string, model: string][]): unknown => ({
  id: 'm',
  targets: targets.map(([provider, model]) => ({ provider, model })),
});

/** The target `a up`, a real server behind a real client, watched by a monitor whose time the test owns. */
export class WatchedTarget {
  readonly clock = new FakeClock();
  readonly store: ConfigStore;
  readonly registry: ProviderRegistry;
  readonly monitor: TargetMonitor;

  private constructor(readonly upstream: ScriptedUpstream) {
    this.store = new ConfigStore(relayConfig([this.provider()], [modelOf(['a', 'up'])]), 'relay.yaml');
    this.registry = new ProviderRegistry(this.store, this.clock);
    this.monitor = new TargetMonitor(this.store, this.registry, this.clock);
  }

  static async start(): Promise<WatchedTarget> {
    return new WatchedTarget(await ScriptedUpstream.start());
  }

  provider(extra: object = {}): object {
    return { id: 'a', kind: 'openai', baseUrl: this.upstream.baseUrl, ...extra };
  }

  /** A call through the monitor; `observed` is null if it was not made. */
  begin(overrides: Partial<UpstreamRequest> = {}): {
    readonly outcome: Promise<UpstreamOutcome>;
    readonly observed: ObservedCall | null;
  } {
    let observed: ObservedCall | null = null;
    const outcome = this.monitor.call('a', 'up', (onBegun) => {
      const client = this.registry.client('a');
      if (!client) throw new Error('no client');
      observed = call(client, { model: 'up', ...overrides }, onBegun);
      return observed.outcome;
    });
    return { outcome, observed };
  }

  /** The outcomes of calls one after the other, each answered by its script: `ok` or the code of the error. */
  async play(scripts: readonly UpstreamScript[], overrides: Partial<UpstreamRequest> = {}): Promise<string[]> {
    const codes: string[] = [];
    for (const script of scripts) {
      this.upstream.enqueue(script);
      codes.push(await this.one(overrides));
    }
    return codes;
  }

  async one(overrides: Partial<UpstreamRequest> = {}): Promise<string> {
    const outcome = await this.begin(overrides).outcome;
    return outcome.kind === 'completed' ? 'ok' : outcome.error.code;
  }

  get figures(): TargetFigures {
    const figures = this.monitor.figures().get(targetKey('a', 'up'));
    if (!figures) throw new Error('the target is not watched');
    return figures;
  }

  get breaker(): string {
    return this.figures.breaker;
  }

  async close(): Promise<void> {
    await this.upstream.close();
    await this.registry.onApplicationShutdown();
  }
}
