import type { ProviderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { groqDialect } from '../../domain/groq-dialect';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { HttpChatClient } from '../http/http-chat.client';

export const GROQ_BASE_URL = 'https://api.groq.com/openai/v1';

export function createGroqClient(provider: ProviderConfig, clock: Clock): UpstreamClient {
  return new HttpChatClient(provider, provider.baseUrl ?? GROQ_BASE_URL, groqDialect, clock);
}
