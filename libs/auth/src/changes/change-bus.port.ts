import type { ChangeListener, IdentityChange } from './identity-change';

export const CHANGE_BUS = Symbol('CHANGE_BUS');

/** Carries changes to the other processes. Messages may get lost: what is remembered ends by itself soon. */
export interface ChangeBus {
  /** Rejects where the message could not be sent. */
  publish(change: IdentityChange): Promise<void>;
  /**
   * Follows the changes of all processes, also of this one, and goes on to try by itself where it cannot. Resolves, and never rejects, when it
   * does for the first time, or when it is known that it does not yet.
   */
  follow(listener: ChangeListener): Promise<void>;
  close(): Promise<void>;
}
