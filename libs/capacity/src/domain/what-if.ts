import type { CapacityLimitKind, CapacityPool, WhatIf, WhatIfPool, WhatIfReply } from '@relay/contracts';
import { loadOf, loadView } from './pool-profile';
import { busySlots, type Load, mixed, sustainableRate } from './queue-model';

const MINUTE_SECONDS = 60;
/** A fit of fewer requests, or one that says that longer answers take less, is not believed. */
const MIN_FIT_REQUESTS = 100;

type Limit = WhatIfReply['limits'][number];

/** A pool that would serve a part of the new requests. */
export interface TargetPool {
  readonly pool: CapacityPool;
  readonly share: number; // of the new requests
  readonly fit: {
    readonly requests: number;
    readonly meanMs: number;
    readonly slopeMs: number | null;
    readonly interceptMs: number | null;
  } | null;
}

type Question = Pick<WhatIf, 'requestsPerMinute' | 'outputTokens' | 'burstiness' | 'targetWaitMs'>;

/** A pool in its busiest hour, before and after. */
export function poolAfter({ pool, share, fit }: TargetPool, question: Question): WhatIfPool & { limit: Limit | null } {
  const { id, slots, busiest } = pool;
  const service = serviceOf(fit, question.outputTokens, busiest?.serviceMs ?? 0);
  if (service.from === 'none') {
    const addedPerSecond = (question.requestsPerMinute * share) / MINUTE_SECONDS;
    return { id, slots, addedPerSecond, serviceMs: null, serviceFrom: 'none', before: null, after: null, limit: null };
  }
  const idle: Load = { requestsPerSecond: 0, serviceMs: service.ms, serviceCv: 1, dispersion: 1, slots };
  const before = busiest === null ? idle : loadOf(busiest, slots);
  const added: Load = {
    requestsPerSecond: (question.requestsPerMinute * share) / MINUTE_SECONDS,
    serviceMs: service.ms,
    serviceCv: before.serviceCv, // the answers of the new tenant are taken to differ as those of the others do
    dispersion: question.burstiness,
    slots,
  };
  const after = mixed(before, added);
  const most = busySlots({ ...after, requestsPerSecond: sustainableRate(after, question.targetWaitMs) });
  return {
    ...{ id, slots, addedPerSecond: added.requestsPerSecond, serviceMs: service.ms, serviceFrom: service.from },
    ...{ before: loadView(before, question.targetWaitMs), after: loadView(after, question.targetWaitMs) },
    limit: limitOf('slots', id, busySlots(before), busySlots(after), most),
  };
}

export function limitOf(limit: CapacityLimitKind, id: string, before: number, after: number, max: number): Limit {
  return { limit, id, before, after, max, exceeded: after > max };
}

/** The fullest first. */
export const byFullness = (a: Limit, b: Limit): number => fullness(b) - fullness(a);

const fullness = ({ after, max }: Limit): number => (max > 0 ? after / max : after > 0 ? Infinity : 0);

function serviceOf(
  fit: TargetPool['fit'],
  outputTokens: number,
  poolMeanMs: number,
): { ms: number; from: WhatIfPool['serviceFrom'] } {
  if (fit === null) return { ms: poolMeanMs, from: poolMeanMs > 0 ? 'mean' : 'none' };
  const { requests, slopeMs, interceptMs, meanMs } = fit;
  if (requests < MIN_FIT_REQUESTS || slopeMs === null || interceptMs === null || slopeMs <= 0)
    return { ms: meanMs, from: 'mean' };
  return { ms: Math.max(0, interceptMs + slopeMs * outputTokens), from: 'fit' };
}
