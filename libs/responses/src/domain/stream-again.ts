import { protocolOf, type JsonObject } from '@relay/protocols';
import type { ResponseStatus } from './response-status';

/** Events that come before anything is made: `response.created` and `response.in_progress`. */
const FIRST_EVENTS = 2;
const LIFE_SIGN = Buffer.from(': still at it\n\n');

/** Keeps connections open that would be taken for dead; clients pass over it. */
export const lifeSign = (): Buffer => LIFE_SIGN;

/** The events that can be told of a response that is still being made, after the one with the number `after`. */
export function firstEvents(response: JsonObject, after: number): Buffer {
  return Buffer.concat(
    framesOf(response)
      .slice(0, FIRST_EVENTS)
      .slice(after + 1),
  );
}

/** The events of a response that has ended, after the one with the number `after`: the same each time, so that one can go on later. */
export function remainingEvents(response: JsonObject, status: ResponseStatus, after: number): Buffer {
  const frames = framesOf(response);
  if (status === 'failed' || status === 'cancelled') frames.splice(-1, 1, failureFrame(response, frames.length - 1));
  return Buffer.concat(frames.slice(after + 1));
}

/** Numbered from 0, one frame an event. */
function framesOf(response: JsonObject): Buffer[] {
  return protocolOf('responses')?.replay(Buffer.from(JSON.stringify(response)), {}, true) ?? [];
}

function failureFrame(response: JsonObject, number: number): Buffer {
  const data = JSON.stringify({ type: 'response.failed', sequence_number: number, response });
  return Buffer.from(`event: response.failed\ndata: ${data}\n\n`);
}
