import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { ConfigStore, ENVIRONMENT, type Environment, type RelayConfig } from '@relay/config';
import { CLOCK, type Clock, within } from '@relay/core';
import type { TracePayload, TraceRecord } from '../domain/trace-record';
import { Metrics } from '../metrics/metrics';
import { attemptSpanId, contextOf, type ContextSource } from './domain/request-context';
import { requestSpans } from './domain/request-spans';
import { formatTraceparent } from './domain/traceparent';
import type { FinishedTrace } from './finished-trace';
import { OtlpSink } from './otlp-sink';
import { payloadAttributes } from './payload-attributes';
import { providerFacts } from './provider-facts';
import { readableSpans } from './readable-spans';
import type { SpanSink } from './span-sink.port';
import { telemetryMetrics } from './telemetry-metrics';
import { type TelemetrySettings, telemetrySettings } from './telemetry-settings';
import { TraceFeed } from './trace-feed';

/** How long a shutdown waits for the collector. */
const SHUTDOWN_FLUSH_MS = 3_000;

/** What is in force while spans are sent. */
interface Active {
  readonly settings: TelemetrySettings;
  readonly sink: SpanSink;
  readonly facts: ReturnType<typeof providerFacts>;
  readonly resource: ReturnType<typeof resourceFromAttributes>;
}

/** The call of a target, as the spans know it. */
export interface OutgoingCall {
  readonly provider: string;
  readonly model: string;
  readonly startMs: number; // as in the record of the attempt
}

/** Tells an OpenTelemetry collector of finished requests, and providers whose call it is. Off without an endpoint, and free then. */
@Injectable()
export class Telemetry implements OnApplicationShutdown {
  private readonly logger = new Logger(Telemetry.name);
  private active: Active | null = null;
  private readonly feed: TraceFeed;

  constructor(
    config: ConfigStore,
    metrics: Metrics,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.feed = new TraceFeed(
      (traces) => this.send(traces),
      clock,
      (problem) => this.logChange(problem),
    );
    config.register({
      name: 'telemetry',
      prepare: (next) => ({ problems: [], apply: () => this.apply(next) }),
    });
    metrics.watch(telemetryMetrics(this.feed));
  }

  /** W3C ids of a request, for its own trace to name; undefined where nothing is sent of it. */
  idsOf(source: ContextSource): { readonly w3cTraceId: string; readonly w3cSpanId: string } | undefined {
    if (this.active === null) return undefined;
    const { sampled, traceId, spanId } = contextOf(source, this.active.settings.sampleRatio);
    return sampled ? { w3cTraceId: traceId, w3cSpanId: spanId } : undefined;
  }

  /** Headers that tell a provider below which span its work is; null where it is not to know. */
  outgoing(source: ContextSource, { provider, model, startMs }: OutgoingCall): Record<string, string> | null {
    if (!this.active?.settings.propagate) return null;
    const { traceId, sampled, tracestate } = contextOf(source, this.active.settings.sampleRatio);
    const spanId = attemptSpanId(source.traceId, provider, model, startMs);
    const traceparent = formatTraceparent({ traceId, spanId, sampled });
    return tracestate === null ? { traceparent } : { traceparent, tracestate };
  }

  /** Remembers a finished request for the next export: 1 µs, and never waits. */
  note(record: TraceRecord, payload: TracePayload | null): void {
    if (this.active === null) return;
    const { sampleRatio, payloads } = this.active.settings;
    const context = contextOf(
      { traceId: record.id, traceparent: record.traceparent, tracestate: record.tracestate },
      sampleRatio,
    );
    if (!context.sampled) return;
    const words = payloads && payload !== null ? payloadAttributes(payload) : null;
    this.feed.push({ record, context, words });
  }

  /** What was noted so far is there, or given up, when it settles. */
  flush(): Promise<void> {
    return this.feed.drain();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.active === null) return;
    await within(this.clock, SHUTDOWN_FLUSH_MS, this.flush());
    await within(this.clock, SHUTDOWN_FLUSH_MS, this.active.sink.close());
  }

  private apply(config: RelayConfig): void {
    const settings = telemetrySettings(config.telemetry.otlp, this.environment);
    const before = this.active;
    if (settings === null) this.active = null;
    else {
      const isSame = before !== null && JSON.stringify(before.settings) === JSON.stringify(settings);
      this.active = {
        settings,
        sink: isSame ? before.sink : new OtlpSink(settings),
        facts: providerFacts(config),
        resource: resourceFromAttributes({ ...settings.resource }),
      };
    }
    if (before !== null && before.sink !== this.active?.sink) void before.sink.close();
  }

  private send(traces: readonly FinishedTrace[]): Promise<string | null> {
    const { active } = this;
    if (active === null) return Promise.resolve('telemetry was switched off');
    try {
      return active.sink.send(traces.flatMap((trace) => this.spansOf(trace, active)));
    } catch (error) {
      return Promise.resolve(String(error));
    }
  }

  private spansOf({ record, context, words }: FinishedTrace, { facts, resource }: Active) {
    const [root, ...below] = requestSpans(record, context, (provider) => facts.get(provider) ?? null);
    if (root === undefined) return [];
    const first = words === null ? root : { ...root, attributes: { ...root.attributes, ...words } };
    return readableSpans([first, ...below], context, resource);
  }

  private logChange(problem: string | null): void {
    if (problem === null) this.logger.log('Spans reach the collector again');
    else this.logger.warn(`Spans do not reach the collector, and are dropped: ${problem}`);
  }
}
