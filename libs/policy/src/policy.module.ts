import { Module } from '@nestjs/common';
import { PolicyService } from './policy.service';

/** Needs a `ConfigStore`, and may find a `LIVE_SOURCE`, in a global module. */
@Module({ providers: [PolicyService], exports: [PolicyService] })
export class PolicyModule {}
