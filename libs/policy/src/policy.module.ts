import { Module } from '@nestjs/common';
import { PolicyService } from './policy.service';

/** Needs a `ConfigStore` from a global module. */
@Module({ providers: [PolicyService], exports: [PolicyService] })
export class PolicyModule {}
