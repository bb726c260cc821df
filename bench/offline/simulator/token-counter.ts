import { least } from './disciplines';
import type { Discipline, QueueView } from './queue-dispatcher';
import type { Attempt } from './sim-call';
import { INPUT_WEIGHT, OUTPUT_WEIGHT } from './token-weights';

/**
 * The virtual token counter (Sheng et al., "Fairness in Serving Large Language Models", OSDI 2024, algorithm 4 with weights): the tenant next
 * is the one with the smallest counter; input tokens count when a request starts, output tokens as they are made. A tenant that comes back
 * is lifted to the smallest counter of those that wait, or to that of the last who left.
 */
export function tokenCounter(): Discipline {
  const counters = new Map<string, number>();
  const counted = new Map<Attempt, number>(); // output tokens, of those under way
  let lastServed: string | undefined;
  const add = ({ call }: Attempt, tokens: number): void =>
    void counters.set(call.tenant, (counters.get(call.tenant) ?? 0) + tokens / call.weight);
  const countOutput = (attempt: Attempt, { generated }: QueueView): void => {
    const now = generated(attempt.call);
    add(attempt, OUTPUT_WEIGHT * (now - (counted.get(attempt) ?? 0)));
    counted.set(attempt, now);
  };
  const countAll = (view: QueueView): void => view.running.forEach((attempt) => countOutput(attempt, view));
  const valueOf = (tenant: string): number => counters.get(tenant) ?? 0;
  return {
    arrives: ({ call }, view) => {
      if (view.waiting.has(call.tenant)) return;
      countAll(view);
      const beside = view.waiting.size > 0 ? least(view.waiting.keys(), valueOf) : lastServed;
      if (beside !== undefined) counters.set(call.tenant, Math.max(valueOf(call.tenant), valueOf(beside)));
    },
    next: (view) => {
      countAll(view);
      return least(view.waiting.keys(), valueOf);
    },
    starts: (attempt) => {
      add(attempt, INPUT_WEIGHT * attempt.call.input);
      lastServed = attempt.call.tenant;
    },
    ends: (attempt, view) => {
      countOutput(attempt, view);
      counted.delete(attempt);
    },
  };
}
