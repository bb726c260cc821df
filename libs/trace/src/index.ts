export { costUsd, sumUsd, type TokenPrice, type TokenUsage } from './domain/cost';
export type { AttemptRecord, StageRecord, TracePayload, TraceRecord } from './domain/trace-record';
export { Metrics } from './metrics/metrics';
export { TraceModule } from './trace.module';
export { TraceRecorder, type TraceRecorderStatus } from './trace.recorder';
export { TraceStore } from './trace.store';
