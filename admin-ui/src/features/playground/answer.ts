/** What came so far of an answer, and how fast. */
export interface Answer {
  readonly phase: 'waiting' | 'streaming' | 'done' | 'failed' | 'stopped';
  readonly facts: ReplyFacts | null; // once the head of the reply is there
  readonly text: string;
  readonly pieces: number; // parts of a stream, about one token each
  readonly ttftMs: number | null; // as seen from this browser
  readonly elapsedMs: number;
  readonly usage: { readonly input: number; readonly output: number } | null;
  readonly finish: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What the headers of a reply say. */
export interface ReplyFacts {
  readonly status: number;
  readonly traceId: string | null;
  readonly cache: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly policy: string | null;
  readonly plan: string | null;
  readonly queue: string | null;
  readonly queueMs: number | null;
  readonly degraded: string | null;
  readonly costUsd: string | null;
}

export const WAITING: Answer = {
  phase: 'waiting',
  facts: null,
  text: '',
  pieces: 0,
  ttftMs: null,
  elapsedMs: 0,
  usage: null,
  finish: null,
  error: null,
};

export function factsOf({ status, headers }: Response): ReplyFacts {
  const header = (name: string): string | null => headers.get(`x-relay-${name}`);
  const queueMs = header('queue-ms');
  return {
    status,
    traceId: header('trace-id'),
    cache: header('cache'),
    model: header('model'),
    provider: header('provider'),
    policy: header('policy'),
    plan: header('plan'),
    queue: header('queue'),
    queueMs: queueMs === null ? null : Number(queueMs),
    degraded: header('degraded'),
    costUsd: header('cost-usd'),
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** Adds one chunk of a stream, or a whole answer: what is not known to be there is left out. */
export function withPart(answer: Answer, part: unknown, elapsedMs: number): Answer {
  const { choices, usage, error } = fields(part);
  if (error != null) return { ...answer, phase: 'failed', error: errorOf(error), elapsedMs };
  const choice = fields(Array.isArray(choices) ? choices[0] : null);
  const piece = text(fields(choice.delta ?? choice.message).content);
  const { prompt_tokens: input, completion_tokens: output } = fields(usage);
  return {
    ...answer,
    phase: 'streaming',
    text: answer.text + piece,
    pieces: answer.pieces + (piece === '' ? 0 : 1),
    ttftMs: answer.ttftMs ?? (piece === '' ? null : elapsedMs),
    elapsedMs,
    usage: typeof input === 'number' && typeof output === 'number' ? { input, output } : answer.usage,
    finish: typeof choice.finish_reason === 'string' ? choice.finish_reason : answer.finish,
  };
}

/** A rate over less than this, in ms, says more about the network than about the model: answers of the cache come at once. */
const LEAST_STREAM_MS = 50;

/** Tokens a second after the first: by the usage that the stream told at its end, before that by its pieces. */
export function tokensPerSecond({ ttftMs, elapsedMs, pieces, usage }: Answer): number | null {
  if (ttftMs === null || elapsedMs - ttftMs < LEAST_STREAM_MS) return null;
  const tokens = usage?.output ?? pieces;
  return tokens < 2 ? null : (tokens - 1) / ((elapsedMs - ttftMs) / 1_000);
}

export function errorOf(error: unknown): { readonly code: string; readonly message: string } {
  const { code, type, message } = fields(error);
  return { code: text(code) || text(type) || 'unknown', message: text(message) || 'The relay gave no reason.' };
}

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
