import type { Clock, RelayError, Result } from '@relay/core';
import type { Slot } from '@relay/scheduler';
import type { Lengths } from './service-model';
import type { Attempt } from './sim-call';

/** Hands out slots: the relay's scheduler, or what it is compared with. */
export interface Dispatcher {
  admit(attempt: Attempt): Promise<Result<Pick<Slot, 'release'>, RelayError>>;
  /** It does not notice that a client has left: who is late is served to the end for nobody. Default: noticed. */
  readonly servesTheLate?: boolean;
  close(): Promise<void>;
}

/** What a dispatcher is given. */
export interface Rig {
  readonly clock: Clock;
  readonly slots: number;
  /** Output tokens that a call under way has made up to now; all of them once it has ended. */
  readonly generated: (call: Lengths) => number;
}

export type DispatcherFactory = (rig: Rig) => Dispatcher;
