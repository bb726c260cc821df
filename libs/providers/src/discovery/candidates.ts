import { PROVIDER_KINDS } from '@relay/config';
import { OPENAI_BASE_URL } from '../adapters/openai/openai.adapter';

/** A provider that the environment points to. */
export interface Candidate {
  readonly id: string;
  readonly kind: 'openai' | 'groq' | 'anthropic' | 'google' | 'ollama';
  readonly baseUrl: string;
  readonly apiKey?: string;
  /** That its list of models is asked for with; default: the key as a bearer token. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the start banner calls it, and why it is there. */
  readonly found: string;
  /** Used when the list of models cannot be had; empty: then the provider is left out. */
  readonly staticModels: readonly string[];
}

/** Ollama is on this machine and answers, or refuses, at once, unless the machine is busy with starting all else. In ms. */
export const OLLAMA_PROBE_TIMEOUT_MS = 2_000;
const OLLAMA_PORT = '11434';

const OPENAI_MODELS = [
  ...['gpt-4o-mini', 'gpt-4o', 'gpt-4.1-mini', 'gpt-4.1'],
  ...['text-embedding-3-small', 'gpt-image-1', 'tts-1', 'whisper-1', 'omni-moderation-latest'],
];
const GROQ_MODELS = [
  ...['llama-3.1-8b-instant', 'llama-3.3-70b-versatile', 'openai/gpt-oss-20b', 'openai/gpt-oss-120b'],
  'whisper-large-v3',
];

export function openaiCandidate(env: NodeJS.ProcessEnv): Candidate | null {
  const apiKey = env['OPENAI_API_KEY'];
  if (!apiKey) return null;
  const baseUrl = (env['OPENAI_BASE_URL'] || OPENAI_BASE_URL).replace(/\/+$/, '');
  // Of an unknown server no model names are known.
  const staticModels = baseUrl === OPENAI_BASE_URL ? OPENAI_MODELS : [];
  return { id: 'openai', kind: 'openai', baseUrl, apiKey, found: 'OpenAI (OPENAI_API_KEY)', staticModels };
}

export function groqCandidate(env: NodeJS.ProcessEnv): Candidate | null {
  const apiKey = env['GROQ_API_KEY'];
  if (!apiKey) return null;
  return {
    id: 'groq',
    kind: 'groq',
    baseUrl: PROVIDER_KINDS.groq.baseUrl,
    apiKey,
    found: 'Groq (GROQ_API_KEY)',
    staticModels: GROQ_MODELS,
  };
}

export function anthropicCandidate(env: NodeJS.ProcessEnv): Candidate | null {
  const apiKey = env['ANTHROPIC_API_KEY'];
  if (!apiKey) return null;
  return {
    id: 'anthropic',
    kind: 'anthropic',
    baseUrl: PROVIDER_KINDS.anthropic.baseUrl,
    apiKey,
    headers: { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' },
    found: 'Anthropic (ANTHROPIC_API_KEY)',
    staticModels: [],
  };
}

export function googleCandidate(env: NodeJS.ProcessEnv): Candidate | null {
  const name = ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'].find((each) => env[each]);
  const apiKey = name === undefined ? undefined : env[name];
  if (!apiKey) return null;
  return {
    id: 'google',
    kind: 'google',
    baseUrl: PROVIDER_KINDS.google.baseUrl,
    apiKey,
    headers: { 'x-goog-api-key': apiKey },
    found: `Gemini (${name})`,
    staticModels: [],
  };
}

export function ollamaCandidate(env: NodeJS.ProcessEnv): Candidate {
  const baseUrl = `${ollamaOrigin(env['OLLAMA_HOST'])}/v1`;
  return { id: 'ollama', kind: 'ollama', baseUrl, found: `Ollama at ${baseUrl}`, staticModels: [] };
}

/** OLLAMA_HOST may be `host`, `host:port` or a URL, and 0.0.0.0 where a server listens on every address. */
export function ollamaOrigin(host: string | undefined): string {
  const text = host?.trim() || '127.0.0.1';
  const address = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(address)) return `http://127.0.0.1:${OLLAMA_PORT}`;
  const url = new URL(address);
  const hasPort = /:\d+\/?$/.test(text);
  const hostname = url.hostname === '0.0.0.0' ? '127.0.0.1' : url.hostname;
  const port = hasPort ? url.port : text.includes('://') ? '' : OLLAMA_PORT;
  return `${url.protocol}//${hostname}${port === '' ? '' : `:${port}`}`;
}
