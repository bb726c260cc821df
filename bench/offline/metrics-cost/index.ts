import { Logger } from '@nestjs/common';
import { ConfigStore, environmentSchema, relayConfigSchema, type RelayConfig } from '@relay/config';
import { policyDocumentSchema } from '@relay/contracts';
import type { Clock } from '@relay/core';
import { Metrics, Telemetry, type TraceRecord } from '@relay/trace';
import type { OfflineContext, OfflineResult, OfflineScenario } from '../offline-scenario';
import { requestRecord } from './request-record';

const RECORDS = 1_000; // distinct ones, taken in turn
const OBSERVED = 300_000;
/** Spans: as many as wait for a collector at most. */
const ROUND = 2_000;
const ROUNDS = 5;
const GOAL_METRICS_US = 5;
const GOAL_NOTE_US = 5;
/** Nobody listens there: connecting fails at once, so that all but the sending is measured. */
const NOWHERE = 'http://127.0.0.1:9';
/** Shorter than the first wait before an export is tried again. */
const NO_RETRY_MS = 100;

/** Nothing falls due: batches leave when the scenario says so. */
const standing: Clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };

/** What a request pays for being counted, and for being told to a collector, in CPU time of this process. */
export const metricsCost: OfflineScenario = {
  summary: 'CPU time that metrics and spans of one request take',
  withoutData: true,
  run: measure,
};

async function measure({ say }: OfflineContext): Promise<OfflineResult> {
  const records = Array.from({ length: RECORDS }, (_, n) => requestRecord(n));
  const counted = await metricsUs(records);
  say(`metrics ${counted.toFixed(2)} µs`);
  const off = await spansUs(records, {});
  const on = await spansUs(records, { endpoint: NOWHERE, timeoutMs: NO_RETRY_MS });
  const rare = await spansUs(records, { endpoint: NOWHERE, timeoutMs: NO_RETRY_MS, sampleRatio: 0.1 });
  const row = (name: string, ...values: readonly number[]): string[] => [
    name,
    ...values.map((value) => value.toFixed(2)),
  ];
  return {
    sections: [
      {
        title: 'CPU time of one request, in µs',
        notes: [
          'Streams of 50 tenants; 8 stages and one call, so 9 spans. Half of the requests have a `traceparent` that says they are sampled.',
          'In the way: before the last byte of the answer leaves. Afterwards: spans and their JSON, without what sending takes.',
        ],
        table: [
          ['', 'in the way', 'afterwards'],
          row('metrics', counted, 0),
          row('spans, off', off.noteUs, off.exportUs),
          row('spans of every request', on.noteUs, on.exportUs),
          row('spans of every request with a traceparent, of a tenth of the others', rare.noteUs, rare.exportUs),
        ],
      },
    ],
    goals: [
      { name: 'metrics of one request, µs', value: counted, wanted: GOAL_METRICS_US, better: 'lower' },
      { name: 'spans of one request in its way, µs', value: on.noteUs, wanted: GOAL_NOTE_US, better: 'lower' },
    ],
    details: { counted, off, on, rare },
  };
}

async function metricsUs(records: readonly TraceRecord[]): Promise<number> {
  const metrics = new Metrics();
  const observe = (count: number): void => {
    for (let n = 0; n < count; n++) metrics.observe(records[n % RECORDS] as TraceRecord);
  };
  observe(OBSERVED / 10); // compiled before it is measured
  return (await cpuUs(() => observe(OBSERVED))) / OBSERVED;
}

interface SpanCost {
  readonly noteUs: number;
  readonly exportUs: number;
}

async function spansUs(records: readonly TraceRecord[], otlp: object): Promise<SpanCost> {
  const telemetry = new Telemetry(
    new ConfigStore(configOf(otlp), 'relay.yaml'),
    new Metrics(),
    environmentSchema.parse({}),
    standing,
  );
  Logger.overrideLogger(false); // that nobody listens is meant
  let [noted, exported] = [0, 0];
  for (let round = 0; round <= ROUNDS; round++) {
    const note = await cpuUs(() => {
      for (let n = 0; n < ROUND; n++) telemetry.note(records[n % RECORDS] as TraceRecord, null);
    });
    const flush = await cpuUs(() => telemetry.flush());
    if (round === 0) continue; // compiled before it is measured
    noted += note;
    exported += flush;
  }
  return { noteUs: noted / (ROUND * ROUNDS), exportUs: exported / (ROUND * ROUNDS) };
}

async function cpuUs(work: () => void | Promise<void>): Promise<number> {
  const since = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

function configOf(otlp: object): RelayConfig {
  const policy = policyDocumentSchema.parse({ name: 'default', version: 1 });
  return { ...relayConfigSchema.parse({ telemetry: { otlp } }), policy };
}
