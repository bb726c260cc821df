import type { ProviderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { groqDialect } from '@relay/protocols';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { HttpUpstreamClient } from '../http/http-upstream.client';

export const GROQ_BASE_URL = 'https://api.groq.com/openai/v1';

export function createGroqClient(provider: ProviderConfig, clock: Clock): UpstreamClient {
  return new HttpUpstreamClient(provider, provider.baseUrl ?? GROQ_BASE_URL, groqDialect, clock);
}
