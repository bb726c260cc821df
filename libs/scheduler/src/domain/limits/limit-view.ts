import type { LimitReason } from '@relay/contracts';

/** How many calls a provider may have at a time now, and why not more. */
export interface LimitView {
  readonly limit: number; // of all processes together
  readonly limitedBy: LimitReason;
}
