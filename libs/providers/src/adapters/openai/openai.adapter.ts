import { kindOf, type ProviderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { groqDialect, openaiDialect } from '@relay/protocols';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { HttpUpstreamClient } from '../http/http-upstream.client';

export const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/** Any server that speaks OpenAI's protocol, as its kind has it. */
export function createOpenaiClient(provider: ProviderConfig, clock: Clock): UpstreamClient {
  const { baseUrl, usageIn } = kindOf(provider.kind);
  const dialect = usageIn === 'x_groq' ? groqDialect : openaiDialect;
  return new HttpUpstreamClient(provider, provider.baseUrl ?? baseUrl ?? OPENAI_BASE_URL, dialect, clock);
}
