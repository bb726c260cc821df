import type { LoadFigures } from './measure-load';
import type { PoliteFigures } from './polite-figures';
import type { ShortRow } from './short-deadlines';
import type { TenantFigures } from './tenant-figures';
import type { WaitRow } from './wait-figures';

export const RELAY = 'relay';

export interface LoadRow {
  readonly load: number; // over what the slots can do
  readonly scheduler: string;
  readonly figures: LoadFigures;
}

export interface TenantRow {
  readonly scheduler: string;
  readonly figures: TenantFigures;
}

export interface PoliteRow {
  readonly load: number;
  readonly figures: PoliteFigures;
}

export interface OverloadResults {
  readonly loads: readonly LoadRow[];
  readonly waits: readonly WaitRow[];
  readonly tenants: readonly TenantRow[];
  readonly polite: readonly PoliteRow[];
  readonly short: readonly ShortRow[];
}
