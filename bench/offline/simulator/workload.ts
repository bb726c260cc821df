import type { Lengths } from './service-model';
import { capacityOf } from './service-model';
import type { SimCall } from './sim-call';

type Random = () => number;

/** When requests of a tenant come: `rate` a second from `fromMs` to `toMs`, at random (Poisson). */
export interface Stream {
  readonly tenant: string;
  readonly weight?: number;
  readonly rate: number;
  readonly fromMs?: number;
  readonly toMs: number;
  readonly lengths: () => Lengths;
}

export function poisson({ tenant, weight = 1, rate, fromMs = 0, toMs, lengths }: Stream, random: Random): SimCall[] {
  const calls: SimCall[] = [];
  const gapMs = (): number => (-Math.log(1 - random()) * 1_000) / rate;
  for (let atMs = fromMs + gapMs(); atMs < toMs; atMs += gapMs()) calls.push({ ...lengths(), atMs, tenant, weight });
  return calls;
}

/** A stream that is on for `onMs`, then off for as long, and so on. */
export function onOff(stream: Stream, onMs: number, random: Random): SimCall[] {
  const { fromMs = 0, toMs } = stream;
  const spells = Array.from({ length: Math.ceil((toMs - fromMs) / (2 * onMs)) }, (_, i) => fromMs + 2 * i * onMs);
  return spells.flatMap((from) => poisson({ ...stream, fromMs: from, toMs: Math.min(toMs, from + onMs) }, random));
}

/** One of these at random each time. */
export const oneOf = (choices: readonly Lengths[], random: Random) => (): Lengths => {
  const { input, output } = choices[Math.floor(random() * choices.length)] ?? { input: 1, output: 1 };
  return { input, output };
};

/** Draws an index with odds as given. */
export function drawIndex(odds: readonly number[], random: Random): number {
  let left = random() * odds.reduce((sum, odd) => sum + odd, 0);
  return Math.max(
    0,
    odds.findIndex((odd) => (left -= odd) < 0),
  );
}

/** The same arrivals, closer together or further apart, so that they ask for `load` times what the slots can do. */
export function scaledTo<C extends SimCall>(calls: readonly C[], slots: number, load: number): C[] {
  const spanMs = calls.reduce((latest, { atMs }) => Math.max(latest, atMs), 0);
  const offered = (calls.length * 1_000) / spanMs;
  const stretch = offered / (load * capacityOf(calls, slots));
  return calls.map((call) => ({ ...call, atMs: call.atMs * stretch }));
}
