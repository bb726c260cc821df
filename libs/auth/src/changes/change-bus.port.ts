import type { ChangeListener, IdentityChange } from './identity-change';

export const CHANGE_BUS = Symbol('CHANGE_BUS');

/** Carries changes to the other processes. Messages may get lost: what is remembered ends by itself soon. */
export interface ChangeBus {
  /** Rejects where the message could not be sent. */
  publish(change: IdentityChange): Promise<void>;
  /** Follows the changes of all processes, also of this one, for as long as it lives; never rejects, tries again by itself. */
  follow(listener: ChangeListener): void;
  close(): Promise<void>;
}
