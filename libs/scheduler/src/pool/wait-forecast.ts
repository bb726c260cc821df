import { YIELDS_MS } from '../domain/levels';
import type { DrainEstimate } from '../domain/drain-estimate';
import type { FairClock } from '../domain/fair-clock';
import type { VirtualPace } from '../domain/virtual-pace';
import type { WaitingRoom } from '../domain/waiting-room';
import type { AdmissionRequest } from '../slot';
import type { Waiter } from './waiter';

export type OutlookRequest = Pick<
  AdmissionRequest,
  'poolId' | 'tenantId' | 'weight' | 'class' | 'level' | 'cost' | 'model' | 'tenantConcurrency'
>;

interface ForecastOptions {
  readonly room: WaitingRoom<Waiter>;
  readonly fair: FairClock;
  readonly drain: DrainEstimate;
  readonly pace: VirtualPace;
  /** Tokens of a tenant whose tickets stand in line. */
  readonly stampedOf: (tenantId: string) => number;
  /** Calls at a time in this process. */
  readonly slots: () => number;
  /** Calls at a time of a tenant in this process; Infinity without a limit of its own. */
  readonly tenantSlots: (request: OutlookRequest) => number;
}

/** How long a request would wait that joined the line now. */
export class WaitForecast {
  constructor(private readonly options: ForecastOptions) {}

  /** Ms; undefined while too little has been measured. */
  expectedMs(request: OutlookRequest): number | undefined {
    const { tenantSlots, drain } = this.options;
    const inPool = this.inPoolMs(request);
    const own = tenantSlots(request);
    if (inPool === undefined || own === Infinity) return inPool;
    return Math.max(inPool, drain.waitMs(this.workBefore(request), own) ?? 0);
  }

  /** Until its start tag comes up, at the pace of the virtual time, and a slot is free; by the work that waits while the pace is not known. */
  private inPoolMs(request: OutlookRequest): number | undefined {
    const { room, fair, drain, pace, stampedOf, slots } = this.options;
    const { tenantId, weight, cost } = request;
    const unstamped = Math.max(0, this.workBefore(request) - stampedOf(tenantId));
    // Tags are corrected by what calls came to, so what is not stamped yet counts as what it will come to.
    const untilMs = pace.untilMs(fair.startOf(tenantId) + (unstamped * drain.bias) / weight, fair.virtualTime);
    const nextMs = drain.waitMs(0, slots());
    if (untilMs !== undefined && nextMs !== undefined) return untilMs + nextMs;
    return drain.waitMs(room.workAhead(tenantId, weight, cost, this.workBefore(request)), slots());
  }

  /** Tokens of the tenant's own requests that go before this one: those of its level and of the levels above. */
  private workBefore({ tenantId, level }: OutlookRequest): number {
    return this.options.room.workOf(tenantId, (other) => YIELDS_MS[other] <= YIELDS_MS[level]);
  }
}
