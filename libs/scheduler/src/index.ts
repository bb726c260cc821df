export { memoryBackend } from './adapters/memory-backend';
export type { Prediction, Quantiles, ServiceQuestion, ServiceSample } from './domain/prediction/prediction';
export type { Outlook, PoolSnapshot } from './pool';
export { SchedulerModule } from './scheduler.module';
export { Scheduler } from './scheduler.service';
export type { AdmissionRequest, Slot, SlotReport } from './slot';
