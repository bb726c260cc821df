import type { CrowdTenant } from '../crowd/crowd-config';

/** Calls of the upstream at a time, all gateways together. */
export const SLOTS = 8;
/** Ms of a call, spread evenly by half of it both ways: with all alike, slots that began together would end together for ever. */
export const SERVICE = { latency: 250, jitter: 0.5 } as const;
/** Calls a second that the slots can serve. */
export const CAPACITY = (SLOTS * 1_000) / SERVICE.latency;

export const POLITE: CrowdTenant = { id: 'polite', weight: 1 };
export const FLOOD: CrowdTenant = { id: 'flood', weight: 1 };
/** What the flood and the polite tenant are each entitled to, calls a second. */
export const SHARE = CAPACITY / 2;
export const POLITE_RATE = SHARE / 4;

/** A tenant that always has requests waiting, and at which gateways: `by turns` one of them, or all. */
export interface Backlogged extends CrowdTenant {
  readonly at: 'one' | 'all';
}

export const BACKLOGS: Readonly<Record<string, readonly Backlogged[]>> = {
  'unequal weights, each tenant at one gateway, by turns': [1, 1, 2, 3].map((weight, i) => ({
    ...{ id: `weight-${weight}-${i}`, weight, at: 'one' },
  })),
  'equal weights, one tenant at all gateways': [
    { id: 'everywhere', weight: 1, at: 'all' },
    { id: 'at-one', weight: 1, at: 'one' },
  ],
};
/** Each of these asks for this many times its share. */
export const BACKLOG_MULTIPLE = 3;
