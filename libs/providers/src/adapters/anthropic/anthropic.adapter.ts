import { PROVIDER_KINDS, type ProviderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { openaiDialect } from '@relay/protocols';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { HttpUpstreamClient } from '../http/http-upstream.client';
import { SdkClient } from '../sdk/sdk.client';
import { AnthropicClient } from './anthropic.client';
import { anthropicVendor } from './anthropic.vendor';

/** The version of the protocol that requests speak unless they, or the configuration, say otherwise. */
const VERSION = '2023-06-01';

export function createAnthropicClient(provider: ProviderConfig, clock: Clock): UpstreamClient {
  const baseUrl = provider.baseUrl ?? PROVIDER_KINDS.anthropic.baseUrl;
  const versioned = { ...provider, headers: { 'anthropic-version': VERSION, ...lowerCased(provider.headers) } };
  const native = new HttpUpstreamClient(versioned, baseUrl, openaiDialect, clock);
  return new AnthropicClient(native, new SdkClient(provider, baseUrl, anthropicVendor, clock));
}

const lowerCased = (headers: ProviderConfig['headers'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
