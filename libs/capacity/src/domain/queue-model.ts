/** What a pool is asked for, and what it has. */
export interface Load {
  readonly requestsPerSecond: number;
  readonly serviceMs: number; // mean
  readonly serviceCv: number; // standard deviation over mean
  readonly dispersion: number; // variance over mean of the arrivals of a minute; 1 at random (Poisson)
  readonly slots: number;
}

/** Until a slot is free, of all requests, ms. */
export interface Wait {
  readonly mean: number;
  readonly p90: number;
}

const MS_PER_SECOND = 1_000;
/** Of the waits, as admission decides on it. */
const UPPER_SHARE = 0.9;
/** Halvings of the interval in which the head room lies: to a millionth of it. */
const BISECTIONS = 40;

/** Slots that are busy on the mean, if there were enough of them: the offered load, in erlangs. */
export const busySlots = ({ requestsPerSecond, serviceMs }: Load): number =>
  (requestsPerSecond * serviceMs) / MS_PER_SECOND;

export const utilisationOf = (load: Load): number => busySlots(load) / load.slots;

/**
 * Share of the requests that find all slots busy where arrivals are at random and service times exponential (Erlang's C formula,
 * 1917), by the recursion of Erlang B, which neither overflows nor loses digits: B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1)),
 * C = B / (1 - (1 - B) a / c). 1 from utilisation 1 on.
 */
export function erlangC(slots: number, offered: number): number {
  if (offered >= slots) return 1;
  let blocked = 1;
  for (let n = 1; n <= slots; n++) blocked = (offered * blocked) / (n + offered * blocked);
  return blocked / (1 - (1 - blocked) * (offered / slots));
}

/**
 * Share of the requests that wait. Bursts find all slots busy more often than arrivals at random do: by Hayward's approximation
 * (Fredericks, Congestion in Blocking Systems, Bell System Technical Journal 59, 1980) as often as in a system that is smaller by their
 * peakedness, which for bursts that come at once is half of one more than their dispersion.
 */
function delayedShare({ slots, dispersion }: Load, offered: number): number {
  const peakedness = Math.max(1, (dispersion + 1) / 2);
  const [fewer, less] = [slots / peakedness, offered / peakedness];
  const whole = Math.floor(fewer);
  const below = erlangC(whole, less);
  return below + (fewer - whole) * (erlangC(whole + 1, less) - below);
}

/**
 * Waits in a queue G/G/c, first come first served. The mean is that of M/M/c times the mean of the squared coefficients of variation
 * of arrivals and service (Allen, Probability, Statistics and Queueing Theory, 1978, after Cunneen; with arrivals at random it is Lee and
 * Longton's of 1959 for M/G/c), where the dispersion of arrivals stands for their squared coefficient. Those who wait are taken to
 * wait exponentially long, which gives the P90. Null from utilisation 1 on: the line grows without end.
 */
export function predictedWait(load: Load): Wait | null {
  const offered = busySlots(load);
  if (offered >= load.slots) return null;
  const delayed = delayedShare(load, offered);
  const variability = (load.dispersion + load.serviceCv ** 2) / 2;
  const mean = ((delayed * load.serviceMs) / (load.slots - offered)) * variability;
  if (delayed <= 1 - UPPER_SHARE || mean === 0) return { mean, p90: 0 };
  return { mean, p90: (mean / delayed) * Math.log(delayed / (1 - UPPER_SHARE)) };
}

/** Requests a second of this kind that the pool can take until the P90 of the wait passes the target. */
export function sustainableRate(load: Load, targetWaitMs: number): number {
  if (load.serviceMs <= 0) return 0;
  let [least, most] = [0, (load.slots * MS_PER_SECOND) / load.serviceMs];
  for (let n = 0; n < BISECTIONS; n++) {
    const rate = (least + most) / 2;
    const wait = predictedWait({ ...load, requestsPerSecond: rate });
    if (wait !== null && wait.p90 <= targetWaitMs) least = rate;
    else most = rate;
  }
  return least;
}

/** Two kinds of requests in one line. */
export function mixed(one: Load, other: Load): Load {
  const rate = one.requestsPerSecond + other.requestsPerSecond;
  if (rate === 0) return one;
  const share = (of: Load): number => of.requestsPerSecond / rate;
  const over = (value: (of: Load) => number): number => share(one) * value(one) + share(other) * value(other);
  const serviceMs = over((of) => of.serviceMs);
  const squares = over((of) => of.serviceMs ** 2 * (1 + of.serviceCv ** 2));
  return {
    requestsPerSecond: rate,
    serviceMs,
    serviceCv: serviceMs === 0 ? 0 : Math.sqrt(Math.max(0, squares / serviceMs ** 2 - 1)),
    dispersion: over((of) => of.dispersion),
    slots: one.slots,
  };
}
