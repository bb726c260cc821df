import type { ProviderConfig, ProviderKind } from '@relay/config';
import type { Clock } from '@relay/core';
import type { UpstreamClient } from '../ports/upstream-client.port';
import { createGroqClient } from './groq/groq.adapter';
import { createOpenaiClient } from './openai/openai.adapter';
import { createSimulatorClient } from './simulator/simulator.adapter';

type UpstreamFactory = (provider: ProviderConfig, clock: Clock) => UpstreamClient;

/** One line for each kind of provider. */
export const UPSTREAM_FACTORIES = {
  openai: createOpenaiClient,
  groq: createGroqClient,
  simulator: createSimulatorClient,
} satisfies Record<ProviderKind, UpstreamFactory>;
