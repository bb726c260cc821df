import { SketchBook, type Prediction, type ServiceQuestion, type ServiceSample } from '@relay/scheduler';
import type { Arrival } from './arrivals';
import { serviceOf } from './service-model';

export interface Call {
  readonly arrival: Arrival;
  readonly predicted: Prediction; // when it arrived
  readonly sample: ServiceSample;
}

interface Terms {
  readonly targetOf: (arrival: Arrival) => string;
  /** From then on, in ms since the first arrival, everything takes twice as long. */
  readonly slowFromMs?: number;
  readonly random: () => number;
}

const SLOW = 2;

/** Each call is predicted when it arrives and learned from when it ends, as in serving; in the order of their arrival. */
export function replay(arrivals: readonly Arrival[], { targetOf, slowFromMs = Infinity, random }: Terms): Call[] {
  const book = new SketchBook();
  const calls: Call[] = [];
  const running = new Map<Call, number>(); // until
  for (const arrival of arrivals) {
    for (const [call, until] of [...running].sort(([, a], [, b]) => a - b)) {
      if (until > arrival.atMs) break;
      running.delete(call);
      book.observe(questionOf(call.arrival, targetOf), call.sample, until);
    }
    const sample = serviceOf(arrival, running.size, arrival.atMs >= slowFromMs ? SLOW : 1, random);
    const call = { arrival, predicted: book.predict(questionOf(arrival, targetOf), arrival.atMs), sample };
    running.set(call, arrival.atMs + sample.serviceMs);
    calls.push(call);
  }
  return calls;
}

const questionOf = (arrival: Arrival, targetOf: Terms['targetOf']): ServiceQuestion => ({
  target: targetOf(arrival),
  task: '',
  inputTokens: arrival.inputTokens,
  maxTokens: null,
});
