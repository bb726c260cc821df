import { PROVIDER_KINDS, type ProviderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import { openaiDialect } from '@relay/protocols';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { HttpUpstreamClient } from '../http/http-upstream.client';
import { SdkClient } from '../sdk/sdk.client';
import { AnthropicClient } from './anthropic.client';
import { anthropicVendor } from './anthropic.vendor';

/** The version of the protocol that requests speak unless they, or the configuration, say otherwise. */
export const DEFAULT_HEADERS = { 'anthropic-version': '2023-06-01' };

export function createAnthropicClient(provider: ProviderConfig, clock: Clock): UpstreamClient {
  const baseUrl = provider.baseUrl ?? PROVIDER_KINDS.anthropic.baseUrl;
  const native = new HttpUpstreamClient(provider, baseUrl, openaiDialect, clock, DEFAULT_HEADERS);
  return new AnthropicClient(native, new SdkClient(provider, baseUrl, anthropicVendor, clock));
}
