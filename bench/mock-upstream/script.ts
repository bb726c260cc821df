export const FAULTS = ['none', '429', '500', '503', 'html', 'half', 'cut', 'stall'] as const;
export type Fault = (typeof FAULTS)[number];

/** What the mock does with one request. Times in ms. */
export interface Script {
  readonly latency: number; // before the first byte
  readonly chunks: number; // content chunks of a stream
  readonly gap: number; // between chunks; 0 sends all at once
  readonly bytes: number; // size of a JSON reply
  readonly fault: Fault;
  readonly every: number; // the fault strikes each n-th request
  readonly jitter: number; // share of the latency by which it differs from call to call, evenly both ways
  readonly slots: number; // calls answered at a time, others wait their turn; 0: all at once
  readonly record: number; // 1: when each call began and ended is kept
  readonly stamp: number; // 1: each content chunk of a stream with a gap says when it was sent
}

export const DEFAULT_SCRIPT: Script = {
  latency: 0,
  chunks: 100,
  gap: 0,
  bytes: 1_024,
  fault: 'none',
  every: 1,
  jitter: 0,
  slots: 0,
  record: 0,
  stamp: 0,
};

const LIMITS = {
  ...{ latency: 600_000, chunks: 100_000, gap: 60_000, bytes: 16_777_216, every: 1_000_000_000 },
  ...{ jitter: 1, slots: 100_000, record: 1, stamp: 1 },
} as const;

/**
 * `latency=20,chunks=50,fault=cut` over the defaults. A script may come as the path's first part (`/s/gap=2/v1/...`), as the header
 * `x-mock-script`, or behind a semicolon in the model's name (`mock-small;fault=429`). Throws on what it does not know.
 */
export function parseScript(text: string, base: Script = DEFAULT_SCRIPT): Script {
  const script: { -readonly [K in keyof Script]: Script[K] } = { ...base };
  for (const part of text.split(',').filter((piece) => piece !== '')) {
    const [name = '', value = ''] = part.split('=');
    if (name === 'fault') script.fault = parseFault(value);
    else if (isNumeric(name)) script[name] = parseNumber(name, value);
    else throw new Error(`unknown setting ${JSON.stringify(name)}; known: fault, ${Object.keys(LIMITS).join(', ')}`);
  }
  return script;
}

/** The path's first part that carries a script; empty for the default one. */
export function scriptPath(script: Partial<Script>): string {
  const settings = Object.entries(script).map(([name, value]) => `${name}=${value}`);
  return settings.length === 0 ? '' : `/s/${settings.join(',')}`;
}

function isNumeric(name: string): name is keyof typeof LIMITS {
  return Object.hasOwn(LIMITS, name);
}

function parseNumber(name: keyof typeof LIMITS, value: string): number {
  const number = Number(value);
  if (value === '' || !(number >= 0) || number > LIMITS[name])
    throw new Error(`${name} must be between 0 and ${LIMITS[name]}, not ${value}`);
  return number;
}

function parseFault(value: string): Fault {
  const fault = FAULTS.find((known) => known === value);
  if (!fault) throw new Error(`unknown fault ${value}; known: ${FAULTS.join(', ')}`);
  return fault;
}
