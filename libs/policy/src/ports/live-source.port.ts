import type { LiveFacts } from '../domain/live';

/** Where plans get their view of the running state from. Answers at once, from memory. */
export interface LiveSource {
  /** `user` is empty when the app named none. */
  read(tenantId: string, user: string): LiveFacts;
}

/** Injection token of the `LiveSource`; without one, plans are made without live figures. */
export const LIVE_SOURCE = Symbol('LIVE_SOURCE');
