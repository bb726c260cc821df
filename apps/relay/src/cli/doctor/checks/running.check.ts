import { RELAY_VERSION } from '@relay/core';
import { failure, mebibytes, ok, warning, type Finding } from '../finding';
import { networkReason } from '../network-reason';

const TIMEOUT_MS = 10_000;
const MAX_LAG_SECONDS = 0.2;
const MANY_SPOOL_BYTES = 67_108_864;
const OPEN = 2; // relay_target_breaker_state
const OUT_OF_SERVICE = 3;

type HealthDetails = Readonly<
  Record<string, { readonly configured?: boolean; readonly degraded?: boolean; readonly reason?: string }>
>;

/** A running relay, by what it shows without a login: health and metrics. */
export async function checkRunning(url: string): Promise<Finding[]> {
  const base = url.replace(/\/+$/, '');
  try {
    const ready = await get(`${base}/health/ready`);
    if (ready.status !== 200) {
      return [failure('relay', `${base} is not ready (${ready.status})`, 'it starts or stops; else look at its log')];
    }
    const metrics = await get(`${base}/metrics`);
    const stores = healthFindings(ready.text);
    return [
      ok('relay', `${base} is ready`),
      ...stores,
      ...(metrics.status === 200 ? metricFindings(metrics.text) : []),
    ];
  } catch (error) {
    return [failure('relay', `${base} does not answer: ${networkReason(error)}`, 'start it, or name another --url')];
  }
}

async function get(url: string): Promise<{ status: number; text: string }> {
  const reply = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  return { status: reply.status, text: await reply.text() };
}

function healthFindings(text: string): Finding[] {
  const { details = {} } = JSON.parse(text) as { details?: HealthDetails };
  return Object.entries(details).flatMap(([store, { configured, degraded, reason }]) => {
    if (configured === false) return []; // nobody was asked
    return degraded
      ? [warning(store, `away (${reason ?? 'error'})`, 'the relay serves without it meanwhile')]
      : [ok(store, 'answers')];
  });
}

function metricFindings(text: string): Finding[] {
  const samples = new Samples(text);
  const lag = samples.max('nodejs_eventloop_lag_p99_seconds');
  const lost = samples.sum('relay_trace_dropped_total') + samples.sum('relay_trace_rejected_total');
  const spooled = samples.sum('relay_trace_spool_bytes');
  return [
    version(samples),
    lag > MAX_LAG_SECONDS
      ? warning(
          'event loop',
          `${Math.round(lag * 1_000)} ms late (P99)`,
          'run more processes: this one has too much to do',
        )
      : ok('event loop', `${Math.round(lag * 1_000)} ms late (P99)`),
    lost > 0
      ? warning('traces', `${lost} lost since the start`, 'see its log: disk, memory or database')
      : ok('traces', 'none lost'),
    spooled > MANY_SPOOL_BYTES
      ? warning('spool', `${mebibytes(spooled)} not in the database`, 'the database is away or too slow')
      : ok('spool', `${mebibytes(spooled)} not in the database`),
    breakers(samples),
    samples.has('relay_slot_ledger_up') && samples.max('relay_slot_ledger_up') === 0
      ? warning('slots', 'not shared: Redis is away', 'each process goes by its own part of the limits')
      : ok('slots', 'shared, or of one process'),
  ];
}

function version(samples: Samples): Finding {
  const theirs = samples.label('relay_build_info', 'version');
  if (theirs === RELAY_VERSION) return ok('version', theirs);
  return warning('version', `${theirs ?? 'unknown'}, here ${RELAY_VERSION}`, 'run the same version everywhere');
}

function breakers(samples: Samples): Finding {
  const open = samples.labelsWhere('relay_target_breaker_state', (value) => value === OPEN);
  const drained = samples.labelsWhere('relay_target_breaker_state', (value) => value === OUT_OF_SERVICE);
  const rest = drained.length === 0 ? '' : `, but out of service by an operator: ${drained.join('; ')}`;
  return open.length === 0
    ? ok('breakers', `all closed${rest}`)
    : warning('breakers', `open: ${open.join('; ')}`, 'see the provider; GET /api/providers tells why');
}

/** A scrape, as far as it is asked. */
class Samples {
  private readonly all: readonly { readonly name: string; readonly labels: string; readonly value: number }[];

  constructor(text: string) {
    this.all = [...text.matchAll(/^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/gm)].map(
      ([, name = '', labels = '', value = '']) => ({
        ...{ name, labels, value: Number(value) },
      }),
    );
  }

  has(name: string): boolean {
    return this.of(name).length > 0;
  }
  sum(name: string): number {
    return this.of(name).reduce((sum, { value }) => sum + value, 0);
  }
  max(name: string): number {
    return Math.max(0, ...this.of(name).map(({ value }) => value));
  }
  label(name: string, label: string): string | null {
    return new RegExp(`${label}="([^"]*)"`).exec(this.of(name)[0]?.labels ?? '')?.[1] ?? null;
  }
  labelsWhere(name: string, holds: (value: number) => boolean): string[] {
    return this.of(name).flatMap(({ labels, value }) => (holds(value) ? [labels] : []));
  }
  private of(name: string) {
    return this.all.filter((sample) => sample.name === name);
  }
}
