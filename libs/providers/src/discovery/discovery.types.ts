import type { RelayConfigInput } from '@relay/config';

export type ProviderInput = NonNullable<RelayConfigInput['providers']>[number];
export type ModelInput = NonNullable<RelayConfigInput['models']>[number];

export interface Discovery {
  readonly providers: ProviderInput[];
  readonly models: ModelInput[];
  /** One line each for the start banner. */
  readonly notes: string[];
}
