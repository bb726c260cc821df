import { Injectable } from '@nestjs/common';
import { PolicyService } from '@relay/policy';
import { Metrics } from '@relay/trace';

/** Lets the metrics read which policy is in force, and how its conditions fare, whenever somebody scrapes. */
@Injectable()
export class PolicyMetrics {
  constructor(policies: PolicyService, metrics: Metrics) {
    metrics.watchPolicy(() => ({ policy: policies.current.label, failures: policies.conditionFailures }));
  }
}
