import type { ProviderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { openaiDialect } from '@relay/protocols';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { HttpUpstreamClient } from '../http/http-upstream.client';

export const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/** Any server that speaks OpenAI's chat protocol. */
export function createOpenaiClient(provider: ProviderConfig, clock: Clock): UpstreamClient {
  return new HttpUpstreamClient(provider, provider.baseUrl ?? OPENAI_BASE_URL, openaiDialect, clock);
}
