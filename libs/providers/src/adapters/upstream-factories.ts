import type { ProviderConfig, ProviderKind } from '@relay/config';
import type { Clock } from '@relay/core';
import type { UpstreamClient } from '../ports/upstream-client.port';
import { createAnthropicClient } from './anthropic/anthropic.adapter';
import { createBedrockClient } from './bedrock/bedrock.adapter';
import { createCohereClient } from './cohere/cohere.adapter';
import { createGoogleClient } from './google/google.adapter';
import { createOpenaiClient } from './openai/openai.adapter';
import { createSimulatorClient } from './simulator/simulator.adapter';

type UpstreamFactory = (provider: ProviderConfig, clock: Clock) => UpstreamClient;

/** One line for each kind of provider. */
export const UPSTREAM_FACTORIES = {
  openai: createOpenaiClient,
  azure: createOpenaiClient,
  groq: createOpenaiClient,
  together: createOpenaiClient,
  fireworks: createOpenaiClient,
  deepseek: createOpenaiClient,
  mistral: createOpenaiClient,
  xai: createOpenaiClient,
  openrouter: createOpenaiClient,
  ollama: createOpenaiClient,
  vllm: createOpenaiClient,
  llamacpp: createOpenaiClient,
  lmstudio: createOpenaiClient,
  anthropic: createAnthropicClient,
  google: createGoogleClient,
  bedrock: createBedrockClient,
  cohere: createCohereClient,
  simulator: createSimulatorClient,
} satisfies Record<ProviderKind, UpstreamFactory>;
