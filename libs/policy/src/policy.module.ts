import { Module } from '@nestjs/common';
import { CanaryRepository } from './canary/canary.repository';
import { RunningCanary } from './canary/running-canary';
import { PolicyService } from './policy.service';
import { PolicyVersionRepository } from './versions/policy-version.repository';
import { PolicyVersions } from './versions/policy-versions';
import { PublishedPolicy } from './versions/published-policy';

/** Needs a `ConfigStore`, a `CLOCK` and a data source, and may find a `LIVE_SOURCE`, in global modules. */
@Module({
  providers: [PolicyService, PolicyVersionRepository, CanaryRepository, RunningCanary, PolicyVersions, PublishedPolicy],
  exports: [PolicyService, PolicyVersionRepository, CanaryRepository, PolicyVersions, PublishedPolicy],
})
export class PolicyModule {}
