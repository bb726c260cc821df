export type { PoolSnapshot } from './pool';
export { SchedulerModule } from './scheduler.module';
export { Scheduler } from './scheduler.service';
export type { AdmissionRequest, Slot } from './slot';
