import { Module } from '@nestjs/common';
import { AlertsModule } from '@relay/alerts';
import { AuthModule } from '@relay/auth';
import { ProvidersModule } from '@relay/providers';
import { TraceModule } from '@relay/trace';
import { OperatorWords } from './operator-words';
import { ProcessPulse } from './process-pulse';

/** Every process tells how it is, and hears what operators want of it, whatever its roles. */
@Module({
  imports: [AlertsModule, AuthModule, ProvidersModule, TraceModule],
  providers: [ProcessPulse, OperatorWords],
})
export class PulseModule {}
