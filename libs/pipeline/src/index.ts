export { CompletionService } from './completion.service';
export type { Exchange, DoorExchange, Reply } from './exchange';
export { isEventStream, withLength } from './flat-headers';
export { DeferredRequests, type DeferredReply, type DeferredRequest } from './deferred/deferred-requests.service';
export { TeeReply } from './once/tee-reply';
export { parseFeedback } from './parse-feedback';
export { parseRequest } from './operations/parse-request';
export { PipelineModule } from './pipeline.module';
export { InternalRequests, type InternalReply, type InternalRequest } from './internal/internal-requests.service';
