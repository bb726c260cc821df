import type { ChatCompletionRequest } from '@relay/contracts';
import type { Planned } from '@relay/policy';
import type { JsonObject } from '@relay/protocols';
import type { Exchange } from './exchange';
import type { RequestAccount } from './limits/request-account';
import type { Repeat } from './repeats/repeat';
import type { RequestTrace } from './request-trace';

/** A request with its plan: what the stages after planning work on. */
export interface Job {
  readonly exchange: Exchange;
  readonly trace: RequestTrace;
  /** What was asked, in its own protocol: the body as JSON, or the fields of a form. */
  readonly asked: JsonObject;
  /** The same as a chat completion, which is what most stages read. */
  readonly request: ChatCompletionRequest;
  readonly planned: Planned;
  /** `Repeats.policyState` when it was planned. */
  readonly policyState: number;
  /** It is the same to the byte as one of a moment ago. */
  readonly repeat: Repeat | null;
  /** What it reserved of rate limits and budgets. */
  readonly account: RequestAccount;
}
