import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import type { TraceRecord } from '../domain/trace-record';
import { addProcessMetrics } from './process-metrics';
import { RequestMetrics } from './request-metrics';
import { TenantMetrics } from './tenant-metrics';
import { watchFamily, type WatchedFamily } from './watched-family';

/** How many slots of a pool are taken, as the scheduler tells it. */
export interface SlotUsage {
  readonly pool: string;
  readonly inUse: number;
  readonly capacity: number;
  readonly waiting: number;
}

/** How an upstream target fares; counts since the process began to watch it. */
export interface TargetState {
  readonly provider: string;
  readonly model: string;
  /** 0 closed, 1 half-open, 2 open. */
  readonly state: number;
  readonly opened: number;
  readonly refused: number;
}

/** The policy in force, and its conditions that could not be evaluated since it is. */
export interface PolicyState {
  readonly policy: string; // name@version
  readonly failures: ReadonlyMap<string, number>; // by rule
}

/** How the trace spool fares; counts since the start. */
export interface SpoolUsage {
  readonly queued: number;
  readonly spooledBytes: number;
  readonly dropped: number;
  readonly rejected: number;
}

/** Everything that `GET /metrics` shows. Names follow OpenTelemetry's GenAI conventions where it has one. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new RequestMetrics(this.registry);
  private readonly tenants = new TenantMetrics(this.registry);
  private readonly guards = new Counter({
    name: 'relay_guard_total',
    help: 'Prompts that a guard of the policy acted on, by what it did',
    labelNames: ['guard', 'action'],
    registers: [this.registry],
  });

  private readonly rateLimited = new Counter({
    name: 'relay_rate_limited_total',
    help: 'Requests and calls refused for want of room per minute, by whose limit it was',
    labelNames: ['scope', 'kind'],
    registers: [this.registry],
  });
  private readonly budgetRefused = new Counter({
    name: 'relay_budget_refused_total',
    help: 'Calls refused because they would have gone beyond the budget of their tenant',
    registers: [this.registry],
  });

  private readonly unhandled = new Counter({
    name: 'relay_unhandled_rejections_total',
    help: 'Promises that failed and that nobody waited for: each is a defect of the relay',
    registers: [this.registry],
  });

  constructor() {
    addProcessMetrics(this.registry);
  }

  /** Value of the Content-Type header that goes with `render`. */
  get contentType(): string {
    return this.registry.contentType;
  }

  render(): Promise<string> {
    return this.registry.metrics();
  }

  observe(record: TraceRecord): void {
    this.requests.observe(record);
    this.tenants.observe(record);
  }

  /** Both come from small fixed sets. */
  countGuard(guard: string, action: string): void {
    this.guards.inc({ guard, action });
  }

  /** Both come from small fixed sets. */
  countRateLimited(scope: string, kind: string): void {
    this.rateLimited.inc({ scope, kind });
  }

  countUnhandledRejection(): void {
    this.unhandled.inc();
  }

  countBudgetRefused(): void {
    this.budgetRefused.inc();
  }

  watch(families: readonly WatchedFamily[]): void {
    for (const family of families) watchFamily(this.registry, family);
  }

  /** `read` is called when somebody scrapes. */
  watchSlots(read: () => Iterable<SlotUsage>): void {
    this.slotGauge('relay_slots_in_use', 'Upstream slots that are taken', read, (usage) => usage.inUse);
    this.slotGauge('relay_slots_capacity', 'Upstream slots there are', read, (usage) => usage.capacity);
    this.slotGauge('relay_requests_waiting', 'Requests that wait for a slot', read, (usage) => usage.waiting);
  }

  private slotGauge(
    name: string,
    help: string,
    read: () => Iterable<SlotUsage>,
    value: (usage: SlotUsage) => number,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: ['pool'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const usage of read()) this.set({ pool: usage.pool }, value(usage));
      },
    });
  }

  /** `read` is called when somebody scrapes; there are as many targets as the configuration names. */
  watchTargets(read: () => Iterable<TargetState>): void {
    const options = (name: string, help: string) => ({
      name,
      help,
      labelNames: ['provider', 'model'],
      registers: [this.registry],
    });
    new Gauge({
      ...options(
        'relay_target_breaker_state',
        'Circuit breaker of a target: 0 closed, 1 half-open, 2 open, 3 out of service by an operator',
      ),
      collect() {
        this.reset();
        for (const { provider, model, state } of read()) this.set({ provider, model }, state);
      },
    });
    const counter = (name: string, help: string, value: (target: TargetState) => number) =>
      new Counter({
        ...options(name, help),
        collect() {
          this.reset();
          for (const target of read()) this.inc({ provider: target.provider, model: target.model }, value(target));
        },
      });
    counter('relay_target_breaker_opened_total', 'How often a breaker opened', (target) => target.opened);
    counter(
      'relay_target_calls_refused_total',
      'Calls not made because the target was open',
      (target) => target.refused,
    );
  }

  /** `read` is called when somebody scrapes; there are as many rules as the policy has. */
  watchPolicy(read: () => PolicyState): void {
    new Gauge({
      name: 'relay_policy_info',
      help: 'The policy in force; always 1',
      labelNames: ['policy'],
      registers: [this.registry],
      collect() {
        this.reset();
        this.set({ policy: read().policy }, 1);
      },
    });
    new Counter({
      name: 'relay_policy_condition_failures_total',
      help: 'Conditions that could not be evaluated and counted as not matching, since the policy is in force',
      labelNames: ['policy', 'rule'],
      registers: [this.registry],
      collect() {
        this.reset();
        const { policy, failures } = read();
        for (const [rule, count] of failures) this.inc({ policy, rule }, count);
      },
    });
  }

  /** `read` is called when somebody scrapes. */
  watchSpool(read: () => SpoolUsage): void {
    const gauge = (name: string, help: string, value: (usage: SpoolUsage) => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(value(read()));
        },
      });
    const counter = (name: string, help: string, value: (usage: SpoolUsage) => number) =>
      new Counter({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.reset();
          this.inc(value(read()));
        },
      });
    gauge('relay_trace_queued', 'Traces that are not in the database yet', (usage) => usage.queued);
    gauge('relay_trace_spool_bytes', 'Bytes of traces that are not in the database yet', (usage) => usage.spooledBytes);
    counter('relay_trace_dropped_total', 'Traces lost because disk and memory were full', (usage) => usage.dropped);
    counter('relay_trace_rejected_total', 'Traces that the database refused', (usage) => usage.rejected);
  }
}
