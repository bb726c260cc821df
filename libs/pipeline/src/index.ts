export { CompletionService } from './completion.service';
export type { Exchange, DoorExchange, Reply } from './exchange';
export { PipelineModule } from './pipeline.module';
