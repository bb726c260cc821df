import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '@relay/core';
import { TargetMonitor } from '@relay/providers';
import { AttemptBills } from './attempt-bills';
import { RetryBudgets } from './retry-budgets';
import { ServiceTimes } from './service-times';
import { TargetCaller } from './target-caller';

/** What a request's way through its candidates needs; the same for every request. */
@Injectable()
export class UpstreamTools {
  constructor(
    readonly caller: TargetCaller,
    readonly monitor: TargetMonitor,
    readonly budgets: RetryBudgets,
    readonly bills: AttemptBills,
    readonly times: ServiceTimes,
    @Inject(CLOCK) readonly clock: Clock,
  ) {}
}

/** For the module: everything that `UpstreamTools` is made of in this library, itself included. */
export const UPSTREAM_PARTS = [UpstreamTools, TargetCaller, RetryBudgets, AttemptBills, ServiceTimes];
