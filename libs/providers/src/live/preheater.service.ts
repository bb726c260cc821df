import { type ConfigConsumer, ConfigStore, type ProviderConfig, type RelayConfig } from '@relay/config';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { UpstreamClient } from '../ports/upstream-client.port';
import { ProviderRegistry } from '../provider-registry.service';
import { loadModel } from './load-model';

/** Providers and models that are warmed at a time. */
const MAX_TASKS = 4;

type Task = () => Promise<string | null>;

/**
 * Opens connections, and loads models where that is wanted, before the first request needs them: at the start and after a change of the
 * configuration, in the background. Nobody waits for it; what fails is noted in the log and left to the calls to come.
 */
@Injectable()
export class Preheater implements ConfigConsumer, OnApplicationBootstrap, OnModuleDestroy {
  readonly name = 'preheater';
  private readonly logger = new Logger(Preheater.name);
  private readonly stopped = new AbortController();
  private readonly warm = new WeakMap<UpstreamClient, Set<string>>(); // what was begun: models, and the connections under ''
  private waiting: Task[] = [];
  private running = 0;
  private isStarted = false;

  constructor(
    private readonly store: ConfigStore,
    private readonly providers: ProviderRegistry,
  ) {
    store.register(this);
  }

  prepare(config: RelayConfig): ReturnType<ConfigConsumer['prepare']> {
    return { problems: [], apply: () => this.isStarted && this.start(config) };
  }

  onApplicationBootstrap(): void {
    this.isStarted = true;
    this.start(this.store.current);
  }

  onModuleDestroy(): void {
    this.waiting = [];
    this.stopped.abort();
  }

  private start({ providers, models }: RelayConfig): void {
    if (this.stopped.signal.aborted) return;
    const targets = models.flatMap((model) => model.targets);
    this.waiting = providers.flatMap((provider) => {
      const client = this.providers.client(provider.id);
      const named = targets.filter((target) => target.provider === provider.id).map((target) => target.model);
      return client ? this.tasksFor(provider, client, named) : [];
    });
    this.work();
  }

  private tasksFor({ preheat }: ProviderConfig, client: UpstreamClient, models: readonly string[]): Task[] {
    const { signal } = this.stopped;
    const connect = (): Promise<string | null> => client.warm?.(preheat.connections, signal) ?? Promise.resolve(null);
    const tasks = preheat.connections > 0 ? [this.once(client, '', connect)] : [];
    if (!preheat.model) return tasks;
    return [...tasks, ...models.map((model) => this.once(client, model, () => loadModel(client, model, signal)))];
  }

  /** Does the work unless it was begun before: a reload keeps the clients of providers that did not change. */
  private once(client: UpstreamClient, what: string, task: Task): Task {
    return () => {
      const begun = this.warm.get(client) ?? new Set();
      if (begun.has(what)) return Promise.resolve(null);
      this.warm.set(client, begun.add(what));
      return task();
    };
  }

  private work(): void {
    while (this.running < MAX_TASKS) {
      const task = this.waiting.shift();
      if (!task) return;
      this.running += 1;
      void this.run(task).finally(() => {
        this.running -= 1;
        this.work();
      });
    }
  }

  private async run(task: Task): Promise<void> {
    const problem = await task().catch((thrown: unknown) => String(thrown));
    if (problem !== null && !this.stopped.signal.aborted) this.logger.warn(`not warm: ${problem}`);
  }
}
