import type { SlotReport } from '@relay/scheduler';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dispatcher, DispatcherFactory } from './dispatcher';
import { generated, type Lengths, type Service, type ServiceModel, sharedPace } from './service-model';
import type { Attempt, Observer, Outcome, SimCall } from './sim-call';
import { VirtualClock } from './virtual-clock';

export interface Simulation {
  readonly calls: readonly SimCall[];
  readonly slots: number;
  readonly dispatcher: DispatcherFactory;
  readonly observers?: readonly Observer[];
  readonly service?: ServiceModel; // default: calls slow one another down
}

interface UnderWay {
  readonly startedMs: number;
  readonly service: Service;
}

/** Outcomes of all tries, in the order in which they ended. Same calls and code, same outcomes. */
export async function simulate(simulation: Simulation): Promise<Outcome[]> {
  const run = new Run(simulation);
  await run.toItsEnd();
  return run.outcomes;
}

/** One run: arrivals ask for a slot, hold it for the time of the service model or until their deadline, and report what they cost. */
class Run {
  readonly outcomes: Outcome[] = [];
  private readonly clock = new VirtualClock();
  private readonly dispatcher: Dispatcher;
  private readonly underWay = new Map<Lengths, UnderWay>();
  private readonly observers: readonly Observer[];
  private left: number; // calls that have not come to their end

  constructor(private readonly simulation: Simulation) {
    const { calls, slots, dispatcher, observers = [] } = simulation;
    this.observers = observers;
    this.left = calls.length;
    this.dispatcher = dispatcher({ clock: this.clock, slots, generated: (call) => this.generatedBy(call) });
    for (const call of calls) this.try(call, 1, call.atMs);
  }

  async toItsEnd(): Promise<void> {
    while (this.left > 0 && this.clock.step()) await nextTurn(); // every promise that can settle has settled
    if (this.left > 0) throw new Error(`${this.left} requests were neither served nor refused`);
    await this.dispatcher.close();
  }

  private try(call: SimCall, number: number, inMs: number): void {
    this.clock.after(inMs, () => {
      const atMs = this.clock.monotonic();
      void this.attempt({ call, number, atMs, deadlineAtMs: atMs + (call.deadlineMs ?? Infinity) });
    });
  }

  private async attempt(attempt: Attempt): Promise<void> {
    this.tell((observer) => observer.arrived(attempt, attempt.atMs));
    const admitted = await this.dispatcher.admit(attempt);
    const nowMs = this.clock.monotonic();
    if (!admitted.ok) {
      this.tell((observer) => observer.refused(attempt, nowMs));
      const { retryAfterSeconds } = admitted.error;
      this.outcomes.push({ ...attempt, endedMs: nowMs, startedMs: null, refusal: admitted.error, completed: false });
      if (retryAfterSeconds !== undefined && attempt.number <= (attempt.call.retries ?? 0))
        return this.try(attempt.call, attempt.number + 1, retryAfterSeconds * 1_000);
      this.left--;
      return;
    }
    this.serve(attempt, nowMs, (report) => admitted.value.release(report));
  }

  private serve(attempt: Attempt, startedMs: number, release: (report: SlotReport) => void): void {
    const { call, deadlineAtMs } = attempt;
    const { slots, service: model = sharedPace } = this.simulation;
    const service = model(call, (this.underWay.size + 1) / slots);
    this.underWay.set(call, { startedMs, service });
    this.tell((observer) => observer.started(attempt, startedMs, service));
    const late = startedMs + service.totalMs > deadlineAtMs;
    const cut = late && !this.dispatcher.servesTheLate;
    this.clock.after(cut ? deadlineAtMs - startedMs : service.totalMs, () => {
      const nowMs = this.clock.monotonic();
      this.tell((observer) => observer.ended(attempt, nowMs));
      this.left--;
      this.outcomes.push({ ...attempt, endedMs: nowMs, startedMs, refusal: null, completed: !late });
      release(reportOf(call, service, cut));
      this.underWay.delete(call);
    });
  }

  private generatedBy(call: Lengths): number {
    const under = this.underWay.get(call);
    return under ? generated(call, under.service, this.clock.monotonic() - under.startedMs) : call.output;
  }

  private tell(what: (observer: Observer) => void): void {
    for (const observer of this.observers) what(observer);
  }
}

/** As the relay reports a call; of one that was cut off at its deadline it does not know the tokens. */
function reportOf({ input, output }: Lengths, { ttftMs, tpotMs }: Service, cut: boolean): SlotReport {
  return cut ? { ended: 'failed' } : { cost: input + 2 * output, ended: 'completed', ttftMs, tpotMs };
}
