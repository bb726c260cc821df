import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { SpanSink } from './span-sink.port';
import type { TelemetrySettings } from './telemetry-settings';

const SUCCESS = 0; // ExportResultCode of @opentelemetry/core

/** A collector, by OTLP/HTTP in JSON. 429, 502, 503 and 504 are tried again within the time-out, with the waits that the collector asks for. */
export class OtlpSink implements SpanSink {
  private readonly exporter: OTLPTraceExporter;

  constructor({ url, headers, timeoutMs }: TelemetrySettings) {
    this.exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: timeoutMs });
  }

  send(spans: readonly ReadableSpan[]): Promise<string | null> {
    return new Promise((resolve) => {
      this.exporter.export([...spans], ({ code, error }) => {
        resolve(Number(code) === SUCCESS ? null : (error?.message ?? 'the export failed'));
      });
    });
  }

  close(): Promise<void> {
    return this.exporter.shutdown();
  }
}
