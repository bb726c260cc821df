import type { JsonObject } from '@relay/protocols';
import {
  failedResponse,
  failureOf,
  type ClaimedResponse,
  type FinalStatus,
  type ResponseFailure,
} from '@relay/responses';

/** How a response in the background ends. */
export interface Outcome {
  readonly status: FinalStatus;
  readonly answer: JsonObject;
}

export function failed({ response }: ClaimedResponse, failure: ResponseFailure): Outcome {
  return { status: 'failed', answer: failedResponse(response.answer, failure) };
}

const failing =
  (status: number, message: string) =>
  (claimed: ClaimedResponse): Outcome =>
    failed(claimed, failureOf(status, message));

export const expired = failing(500, 'It did not come about within 24 hours.');
export const interruptedTooOften = failing(500, 'Making it was interrupted too often.');
export const keyIsGone = failing(401, 'The API key that ordered it is not valid any more.');
