import type { ProviderConfig } from '@relay/config';
import type { Clock } from '@relay/core';
import type { UpstreamClient } from '../../ports/upstream-client.port';
import { SdkClient } from '../sdk/sdk.client';
import { bedrockVendor } from './bedrock.vendor';

/** Amazon Bedrock's Converse API, in the provider's region. */
export function createBedrockClient(provider: ProviderConfig, clock: Clock): UpstreamClient {
  return new SdkClient(provider, provider.baseUrl ?? bedrockUrl(provider.region ?? ''), bedrockVendor, clock);
}

/** docs.aws.amazon.com/general/latest/gr/bedrock.html */
const bedrockUrl = (region: string): string =>
  `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
