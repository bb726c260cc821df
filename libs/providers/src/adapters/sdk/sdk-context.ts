import type { Clock } from '@relay/core';
import type { ProviderConfig } from '@relay/config';
import type { UpstreamPool } from '../http/upstream-pool';
import type { Vendor, VendorModels } from './vendor';

/** What all calls to one provider share. */
export interface SdkContext {
  readonly providerId: string;
  readonly origin: string;
  readonly vendor: Vendor;
  readonly connections: UpstreamPool;
  readonly clock: Clock;
  readonly timeouts: ProviderConfig['timeouts'];
  /** Empty where there is none. */
  readonly apiKey: string;
  /** Never to be seen in a message. */
  readonly secrets: readonly string[];
  /** Of the configuration, sent with every call. */
  readonly headers: Readonly<Record<string, string>>;
  models(): Promise<VendorModels>;
}
