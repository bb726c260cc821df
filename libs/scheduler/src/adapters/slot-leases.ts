import type { SlotGrant } from '../ports/slot-ledger.port';

/** A process that has not renewed its slots for this long has lost them, ms. */
export const SLOT_LEASE_MS = 6_000;
/** Processes that can share one pool. */
export const MAX_HOLDERS = 1_000;

/** What a process beyond `MAX_HOLDERS` is told. */
export const NO_ROOM: Omit<SlotGrant, 'pool' | 'processes'> = {
  granted: 0,
  share: 0,
  rank: MAX_HOLDERS,
  limit: 0,
  short: false,
  called: false,
};
