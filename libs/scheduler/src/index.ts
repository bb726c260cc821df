export { memoryBackend } from './adapters/memory-backend';
export { CALIBRATED, type Calibrated } from './domain/prediction/calibration';
export type { Prediction, Quantiles, ServiceQuestion, ServiceSample } from './domain/prediction/prediction';
export { SketchBook } from './domain/prediction/sketch-book';
export type { Outlook, PoolSnapshot } from './pool';
export { Predictions } from './prediction/predictions.service';
export { SchedulerModule } from './scheduler.module';
export { Scheduler } from './scheduler.service';
export type { AdmissionRequest, Slot, SlotReport } from './slot';
