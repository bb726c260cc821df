import { PROVIDER_KINDS, type ProviderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { SdkClient } from '../sdk/sdk.client';
import { cohereVendor } from './cohere.vendor';

export function createCohereClient(provider: ProviderConfig, clock: Clock): UpstreamClient {
  return new SdkClient(provider, provider.baseUrl ?? PROVIDER_KINDS.cohere.baseUrl, cohereVendor, clock);
}
