import { type Clock, err, ok, type RelayError, type Result } from '@relay/core';
import type { AdmissionRequest, Slot } from '../slot';

/** The longest time a Node timer can run, ms; nothing waits anywhere near as long. */
const MAX_TIMER_MS = 2_147_483_647;

/** One request that waits for a slot. It settles once: with a slot, or with the reason why it gets none. */
export class Waiter {
  readonly since: number; // its place in line; monotonic ms
  readonly joinedAt: number; // monotonic ms
  number = 0; // in its line, kept by the room
  told = false; // once it is called: the other processes heard of its charge
  readonly startsBy: number; // else it is of no use; epoch ms
  private readonly cancelDeadline: () => void;
  private readonly onAbort: () => void;

  constructor(
    readonly request: AdmissionRequest,
    clock: Clock,
    private readonly settle: (outcome: Result<Slot, RelayError>) => void,
    leave: (waiter: Waiter, why: 'deadline' | 'aborted') => void,
  ) {
    this.joinedAt = clock.monotonic();
    this.since = request.since ?? this.joinedAt;
    this.onAbort = () => leave(this, 'aborted');
    this.startsBy = Math.min(request.deadlineAt, request.latestStartAt ?? Infinity);
    this.cancelDeadline = clock.after(Math.min(this.startsBy - clock.now(), MAX_TIMER_MS), () =>
      leave(this, 'deadline'),
    );
    request.signal.addEventListener('abort', this.onAbort, { once: true });
  }

  get tenantId(): string {
    return this.request.tenantId;
  }

  get level(): AdmissionRequest['level'] {
    return this.request.level;
  }

  get cost(): number {
    return this.request.cost;
  }

  get bytes(): number {
    return this.request.bodyBytes ?? 0;
  }

  get class(): AdmissionRequest['class'] {
    return this.request.class;
  }

  get weight(): number {
    return this.request.weight;
  }

  grant(slot: Slot): void {
    this.forget();
    this.settle(ok(slot));
  }

  refuse(error: RelayError): void {
    this.forget();
    this.settle(err(error));
  }

  private forget(): void {
    this.cancelDeadline();
    this.request.signal.removeEventListener('abort', this.onAbort);
  }
}
