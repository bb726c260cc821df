import { parseArgs } from 'node:util';

export interface OfflineOptions {
  readonly data: string;
  readonly seed: number;
  readonly json: boolean;
  readonly sample?: number;
}

const MAX_SEED = 2 ** 31 - 1;
const DEFAULT_SEED = 1;
const MIN_SAMPLE = 100;

export const OFFLINE_SPEC = {
  data: { type: 'string' },
  seed: { type: 'string', default: String(DEFAULT_SEED) },
  json: { type: 'boolean', default: false },
  sample: { type: 'string' },
} as const;

/** Options of an offline scenario. Throws with a line for a person on what it cannot take. */
export function parseOfflineOptions(args: readonly string[], withoutData = false): OfflineOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OFFLINE_SPEC,
    allowPositionals: true,
    strict: true,
  });
  if (positionals.length > 1) throw new Error(`one scenario at a time, not ${positionals.join(' and ')}`);
  if (!values.data && !withoutData)
    throw new Error(`${positionals[0] ?? 'this'} needs --data DIR, the folder of the data sets`);
  const seed = Number(values.seed);
  if (values.seed === '' || !Number.isInteger(seed) || seed < 0 || seed > MAX_SEED)
    throw new Error(`--seed must be a whole number from 0 to ${MAX_SEED}, not ${JSON.stringify(values.seed)}`);
  const sample = values.sample === undefined ? {} : { sample: Number(values.sample) };
  if (values.sample !== undefined && !(Number(values.sample) >= MIN_SAMPLE && Number.isInteger(Number(values.sample))))
    throw new Error(`--sample must be a whole number from ${MIN_SAMPLE} on, not ${JSON.stringify(values.sample)}`);
  return { data: values.data ?? '', seed, json: values.json, ...sample };
}

/** What a report is called: only one with the default options may replace the committed one of its scenario. */
export function reportName(scenario: string, { seed, sample }: Pick<OfflineOptions, 'seed' | 'sample'>): string {
  const sampled = sample === undefined ? '' : `-sample${sample}`;
  return `${scenario}${sampled}${seed === DEFAULT_SEED ? '' : `-seed${seed}`}`;
}
