import { RelayError, toRelayError, type Result } from '@relay/core';
import type { CompletionService } from '@relay/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requireArrival, type Arrival } from './arrival';

export type DoorAnswer = Promise<Result<object, RelayError>>;

/** Answers a request that needs no model with what `work` finds for its tenant: JSON or a refusal. What it throws is told as `unavailable`. */
export function answerAtDoor(
  completions: CompletionService,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (arrival: ReturnType<Arrival['authenticated']>) => DoorAnswer,
): void {
  reply.hijack();
  const arrival = requireArrival(request);
  work(arrival.authenticated()).then(
    (found) => {
      if (found.ok) completions.answer(arrival, found.value);
      else refuseAtDoor(completions, request, reply, found.error);
    },
    (thrown: unknown) => refuseAtDoor(completions, request, reply, told(thrown)),
  );
}

export function refuseAtDoor(
  completions: CompletionService,
  request: FastifyRequest,
  reply: FastifyReply,
  error: RelayError,
): void {
  // What is left of an unread body must not be taken for the next request.
  if (!request.raw.complete) reply.raw.shouldKeepAlive = false;
  completions.refuse(requireArrival(request), error);
}

/** The stores are what fails here; an error that has a code is told as it is. */
export function told(thrown: unknown): RelayError {
  const error = toRelayError(thrown);
  if (error.code !== 'internal_error') return error;
  return new RelayError('unavailable', 'What the relay keeps cannot be reached at the moment.', {
    retryAfterSeconds: 1,
    cause: thrown,
  });
}
