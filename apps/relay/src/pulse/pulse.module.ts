import { Module } from '@nestjs/common';
import { AlertsModule } from '@relay/alerts';
import { ProvidersModule } from '@relay/providers';
import { TraceModule } from '@relay/trace';
import { ProcessPulse } from './process-pulse';

/** Every process tells how it is, whatever its roles. */
@Module({ imports: [AlertsModule, ProvidersModule, TraceModule], providers: [ProcessPulse] })
export class PulseModule {}
