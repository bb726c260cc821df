export { CapacityModule } from './capacity.module';
export { CapacityService } from './capacity.service';
export { type Load, predictedWait, type Wait } from './domain/queue-model';
export { WhatIfService } from './what-if.service';
