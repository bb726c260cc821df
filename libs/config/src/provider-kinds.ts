import { GENERATIVE_OPERATIONS, OPERATIONS, type Operation } from '@relay/contracts';
import type { ProviderConfig, ProviderKind } from './relay-config.schema';

interface ProviderKindShape {
  /** Where it is, if nobody says; null: `baseUrl` has to be given, or there is none. */
  readonly baseUrl: string | null;
  /** What it understands itself; `operations` of a provider says otherwise. */
  readonly operations: readonly Operation[];
  /** The header that carries the key; default: `authorization: Bearer …`. */
  readonly keyHeader?: string;
  /** Where a stream tells its usage, beside `usage`; default: nowhere else. */
  readonly usageIn?: 'x_groq';
  /** False: it refuses `stream_options`, and tells the usage of a stream unasked. */
  readonly streamOptions?: false;
  /** True: it knows the cap of an answer only by its old name, `max_tokens`. */
  readonly oldTokenCap?: true;
  /** True: it is asked by an adapter of its own, so that `operations` of a provider can only leave some out. */
  readonly ownProtocol?: true;
}

const ALL_OF_OPENAI = OPERATIONS.filter((operation) => operation !== 'messages');
const TEXT = ['chat', 'completions', 'embeddings'] as const satisfies Operation[];

/** What servers of one's own understand varies with their version: what is newer than TEXT is named by `operations` of the provider. */
export const PROVIDER_KINDS = {
  // Any server that speaks OpenAI's protocol.
  openai: { baseUrl: null, operations: ALL_OF_OPENAI },
  // learn.microsoft.com/azure/ai-foundry/openai/reference: {resource}/openai/v1, or {resource}/openai?api-version=… with the model in the path.
  azure: {
    baseUrl: null,
    operations: [
      ...TEXT,
      'responses',
      'images.generations',
      'images.edits',
      'audio.speech',
      'audio.transcriptions',
      'audio.translations',
    ],
    keyHeader: 'api-key',
  },
  // console.groq.com/docs/openai; its Responses API is a beta.
  groq: {
    baseUrl: 'https://api.groq.com/openai/v1',
    operations: ['chat', 'audio.speech', 'audio.transcriptions', 'audio.translations'],
    usageIn: 'x_groq',
  },
  // docs.together.ai/docs/openai-api-compatibility
  together: {
    baseUrl: 'https://api.together.xyz/v1',
    operations: [...TEXT, 'images.generations', 'audio.speech', 'audio.transcriptions', 'audio.translations'],
  },
  // docs.fireworks.ai/tools-sdks/openai-compatibility
  fireworks: { baseUrl: 'https://api.fireworks.ai/inference/v1', operations: TEXT },
  // api-docs.deepseek.com: max_tokens only; /completions is a beta of another base URL.
  deepseek: { baseUrl: 'https://api.deepseek.com/v1', operations: ['chat'], oldTokenCap: true },
  // docs.mistral.ai/api: 422 "Extra inputs are not permitted" for stream_options and max_completion_tokens.
  mistral: {
    baseUrl: 'https://api.mistral.ai/v1',
    operations: ['chat', 'embeddings', 'moderations', 'audio.transcriptions'],
    streamOptions: false,
    oldTokenCap: true,
  },
  // docs.x.ai/docs/api-reference
  xai: { baseUrl: 'https://api.x.ai/v1', operations: ['chat', 'completions', 'responses', 'images.generations'] },
  // openrouter.ai/docs/api-reference; its Responses API is a beta.
  openrouter: { baseUrl: 'https://openrouter.ai/api/v1', operations: TEXT },
  // docs.ollama.com/api/openai-compatibility: max_tokens only.
  ollama: { baseUrl: 'http://127.0.0.1:11434/v1', operations: TEXT, oldTokenCap: true },
  // docs.vllm.ai/en/latest/serving/openai_compatible_server.html
  vllm: {
    baseUrl: 'http://127.0.0.1:8000/v1',
    operations: [...TEXT, 'responses', 'audio.transcriptions', 'audio.translations'],
  },
  // github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
  llamacpp: { baseUrl: 'http://127.0.0.1:8080/v1', operations: TEXT },
  // lmstudio.ai/docs/developer/openai-compat: max_tokens only.
  lmstudio: { baseUrl: 'http://127.0.0.1:1234/v1', operations: TEXT, oldTokenCap: true },
  // platform.claude.com/docs/en/api/messages; chat by translation.
  anthropic: {
    baseUrl: 'https://api.anthropic.com/v1',
    operations: ['chat', 'messages'],
    keyHeader: 'x-api-key',
    ownProtocol: true,
  },
  // ai.google.dev/api; all by translation, as for the next two.
  google: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    operations: ['chat', 'embeddings'],
    ownProtocol: true,
  },
  // docs.aws.amazon.com/bedrock/latest/APIReference: where it is depends on the region.
  bedrock: { baseUrl: null, operations: ['chat', 'embeddings'], ownProtocol: true },
  // docs.cohere.com/reference/chat
  cohere: { baseUrl: 'https://api.cohere.com/v2', operations: ['chat', 'embeddings'], ownProtocol: true },
  // Answers in this process.
  simulator: { baseUrl: null, operations: ['chat'], ownProtocol: true },
} as const satisfies Record<ProviderKind, ProviderKindShape>;

/** The facts of a kind. */
export const kindOf = (kind: ProviderKind): ProviderKindShape => PROVIDER_KINDS[kind];

/** What a provider understands as it is. */
export function operationsOf({
  kind,
  operations,
}: Pick<ProviderConfig, 'kind' | 'operations'>): ReadonlySet<Operation> {
  return new Set(operations ?? PROVIDER_KINDS[kind].operations);
}

/** What it can be asked for: one that speaks chat is also asked, by translation, what other protocols ask for text. */
export function servableBy(provider: Pick<ProviderConfig, 'kind' | 'operations'>): ReadonlySet<Operation> {
  const operations = operationsOf(provider);
  return operations.has('chat') ? new Set([...operations, ...GENERATIVE_OPERATIONS]) : operations;
}
