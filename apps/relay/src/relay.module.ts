import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { RelayRole } from '@relay/config';
import { AdminModule } from '../../admin/src/admin.module';
import { GatewayModule } from '../../gateway/src/gateway.module';
import { WorkerModule } from '../../worker/src/worker.module';
import { PlatformModule, type Platform } from './boot/platform.module';
import { OperationsModule } from './http/operations.module';
import { PulseModule } from './pulse/pulse.module';

const ROLE_MODULES = {
  gateway: GatewayModule,
  admin: AdminModule,
  worker: WorkerModule,
} satisfies Record<RelayRole, Type>;

/** The roles of this process on top of the platform; health and metrics are always there. */
@Module({})
export class RelayModule {
  static of(platform: Platform): DynamicModule {
    const roles = new Set(platform.environment.RELAY_ROLES);
    return {
      module: RelayModule,
      imports: [
        PlatformModule.of(platform),
        OperationsModule,
        PulseModule,
        ...[...roles].map((role) => ROLE_MODULES[role]),
      ],
    };
  }
}
