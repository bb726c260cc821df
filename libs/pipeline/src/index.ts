export { CompletionService } from './completion.service';
export type { Exchange, DoorExchange, Reply } from './exchange';
export { parseFeedback } from './parse-feedback';
export { PipelineModule } from './pipeline.module';
export { InternalRequests, type InternalReply, type InternalRequest } from './internal/internal-requests.service';
