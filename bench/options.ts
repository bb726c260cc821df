import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What a run can be told on the command line. */
export interface BenchOptions {
  readonly rounds: number;
  readonly seconds: number; // of one subject in one round
  readonly warmup: number; // seconds a subject before the first round
  readonly connections: number | null; // closed loop; null: the scenario's own
  readonly rate: number | null; // requests per second of an open loop; null: the scenario's own
  readonly requests: number | null; // of a batch; null: the scenario's own
  readonly rows: number | null; // of a table; null: the scenario's own
  readonly chunks: number; // of a stream
  readonly gap: number; // ms between chunks
  readonly profile: boolean;
  readonly json: boolean;
}

const SPEC = {
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '6' },
  warmup: { type: 'string', default: '4' },
  connections: { type: 'string' },
  rate: { type: 'string' },
  requests: { type: 'string' },
  rows: { type: 'string' },
  chunks: { type: 'string', default: '100' },
  gap: { type: 'string', default: '2' },
  profile: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** The first argument that is neither an option nor the value of one, load and offline options alike. Never throws. */
export function scenarioName(
  args: readonly string[],
  more: NonNullable<ParseArgsConfig['options']>,
): string | undefined {
  return parseArgs({ args: [...args], options: { ...SPEC, ...more }, allowPositionals: true, strict: false })
    .positionals[0];
}

/** What a scenario takes where the command line says nothing. */
export type OwnDefaults = Partial<Record<'rounds' | 'seconds' | 'warmup', number>>;

/** The scenario's name, if there is one, and the options. Throws with a line for a person on what it cannot take. */
export function parseCommandLine(
  args: readonly string[],
  own: OwnDefaults = {},
): { scenario: string | undefined; options: BenchOptions } {
  const ownSpec = Object.fromEntries(
    Object.entries(own).map(([name, value]) => [name, { type: 'string', default: String(value) } as const]),
  );
  const spec = { ...SPEC, ...ownSpec };
  const { values, positionals } = parseArgs({ args: [...args], options: spec, allowPositionals: true, strict: true });
  if (positionals.length > 1) throw new Error(`one scenario at a time, not ${positionals.join(' and ')}`);
  const options: BenchOptions = {
    rounds: within('rounds', values.rounds, 1, 1_000, true),
    seconds: within('seconds', values.seconds, 0.1, 3_600),
    warmup: within('warmup', values.warmup, 0, 3_600),
    connections: values.connections === undefined ? null : within('connections', values.connections, 1, 4_000, true),
    rate: values.rate === undefined ? null : within('rate', values.rate, 1, 100_000),
    requests: values.requests === undefined ? null : within('requests', values.requests, 1, 50_000, true),
    rows: values.rows === undefined ? null : within('rows', values.rows, 1_000, 20_000_000, true),
    chunks: within('chunks', values.chunks, 1, 100_000, true),
    gap: within('gap', values.gap, 0, 60_000),
    profile: values.profile,
    json: values.json,
  };
  return { scenario: positionals[0], options };
}

function within(name: string, text: string, min: number, max: number, whole = false): number {
  const value = Number(text);
  if (text !== '' && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw new Error(
    `--${name} must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}, not ${JSON.stringify(text)}`,
  );
}
