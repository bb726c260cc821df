export { BackgroundResponses, type BackgroundOrder } from './background/background-responses.service';
export {
  BackgroundStore,
  LEASE_MS,
  type ClaimedResponse,
  type OrderOnce,
  type ResponseName,
} from './background/background.store';
export { type Lease, Leases } from './background/leases';
export { ResponseUpkeep } from './background/response-upkeep';
export { echoIn, echoInEvent, mayHoldResponse, type Echo } from './domain/echo';
export type { PageQuery } from './domain/item-page';
export { failedResponse, failureOf, type ResponseFailure } from './domain/queued-response';
export { readAsk, type ResponseAsk } from './domain/response-ask';
export { responseIdOf } from './domain/response-id';
export { statusOfAnswer, type FinalStatus } from './domain/response-status';
export { responseView, type StoredResponse } from './domain/stored-response';
export { upstreamBody } from './domain/upstream-body';
export { ResponseFollower } from './response-follower.service';
export { ResponseKeeper, type KeeperCounts } from './response-keeper.service';
export { Responses } from './responses.service';
export { ResponsesModule } from './responses.module';
