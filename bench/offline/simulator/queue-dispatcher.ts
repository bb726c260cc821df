import { err, ok, RelayError, type Result } from '@relay/core';
import type { Slot } from '@relay/scheduler';
import type { Dispatcher, DispatcherFactory, Rig } from './dispatcher';
import type { Attempt, SimCall } from './sim-call';

/** One that waits. */
export interface Waiting extends Attempt {
  readonly order: number; // of arrival
}

/** What a discipline sees: who waits (each tenant's oldest first) and who is served. */
export interface QueueView {
  readonly slots: number;
  readonly waiting: ReadonlyMap<string, ReadonlySet<Waiting>>; // tenants that have somebody waiting
  readonly running: ReadonlySet<Attempt>;
  readonly generated: (call: SimCall) => number;
}

/** Whose turn it is: all that the schedulers differ in which the relay's is compared with. */
export interface Discipline {
  /** Called before the request joins. */
  arrives?(attempt: Attempt, view: QueueView): void;
  /** The tenant whose oldest request is next; undefined: nobody may be served now. */
  next(view: QueueView): string | undefined;
  starts?(attempt: Attempt, view: QueueView): void;
  ends?(attempt: Attempt, view: QueueView): void;
}

export interface QueueRules {
  /** Requests that may wait, in all and of one tenant; default: any number. */
  readonly maxQueued?: number;
  readonly maxQueuedPerTenant?: number;
  /** Refuses what would not be started in time; see `DrainRate`. Default: lets everybody wait. */
  readonly admits?: (attempt: Attempt, waiting: number, slots: number) => RelayError | null;
  readonly onServed?: (ms: number) => void;
  readonly servesTheLate?: boolean;
}

/** One queue before the slots. Who waits until its deadline leaves the queue, unless the rules say that this goes unnoticed. */
export const queueOf =
  (discipline: () => Discipline, rules: () => QueueRules = () => ({})): DispatcherFactory =>
  (rig) =>
    new QueueDispatcher(rig, discipline(), rules());

class QueueDispatcher implements Dispatcher, QueueView {
  readonly slots: number;
  readonly servesTheLate: boolean;
  readonly waiting = new Map<string, Set<Waiting>>();
  readonly running = new Set<Attempt>();
  readonly generated: QueueView['generated'];
  private readonly settle = new Map<Waiting, (outcome: Result<Pick<Slot, 'release'>, RelayError>) => void>();
  private arrived = 0;

  constructor(
    private readonly rig: Rig,
    private readonly discipline: Discipline,
    private readonly rules: QueueRules,
  ) {
    this.slots = rig.slots;
    this.servesTheLate = rules.servesTheLate ?? false;
    this.generated = rig.generated;
  }

  admit(attempt: Attempt): Promise<Result<Pick<Slot, 'release'>, RelayError>> {
    const { maxQueued = Infinity, maxQueuedPerTenant = Infinity, admits } = this.rules;
    const own = this.waiting.get(attempt.call.tenant)?.size ?? 0;
    if (this.settle.size >= maxQueued || own >= maxQueuedPerTenant)
      return Promise.resolve(err(new RelayError('overloaded', 'The queue is full.')));
    const refusal = admits?.(attempt, this.settle.size, this.slots);
    if (refusal) return Promise.resolve(err(refusal));
    return new Promise((resolve) => {
      this.discipline.arrives?.(attempt, this);
      const waiting = { ...attempt, order: this.arrived++ };
      const line = this.waiting.get(attempt.call.tenant);
      if (line) line.add(waiting);
      else this.waiting.set(attempt.call.tenant, new Set([waiting]));
      this.settle.set(waiting, resolve);
      if (attempt.deadlineAtMs < Infinity && !this.servesTheLate) this.leaveInTime(waiting);
      this.serve();
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private leaveInTime(waiting: Waiting): void {
    this.rig.clock.after(waiting.deadlineAtMs - waiting.atMs, () => {
      this.take(waiting)?.(err(new RelayError('overloaded', 'The deadline passed.')));
    });
  }

  private serve(): void {
    while (this.running.size < this.slots && this.settle.size > 0) {
      const [head] = this.waiting.get(this.discipline.next(this) ?? '') ?? [];
      if (!head) return;
      const settle = this.take(head);
      this.running.add(head);
      this.discipline.starts?.(head, this);
      const startedMs = this.rig.clock.monotonic();
      settle?.(ok({ release: () => this.release(head, startedMs) }));
    }
  }

  private release(served: Waiting, startedMs: number): void {
    this.discipline.ends?.(served, this);
    this.rules.onServed?.(this.rig.clock.monotonic() - startedMs);
    this.running.delete(served);
    this.serve();
  }

  private take(waiting: Waiting) {
    const settle = this.settle.get(waiting);
    const line = this.waiting.get(waiting.call.tenant);
    this.settle.delete(waiting);
    line?.delete(waiting);
    if (line?.size === 0) this.waiting.delete(waiting.call.tenant);
    return settle;
  }
}
