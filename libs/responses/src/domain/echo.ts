import { isJsonObject, parseObject, patchJson, type JsonObject } from '@relay/protocols';

/** What a response says of the request that was made, which the upstream never saw. */
export interface Echo {
  /** Absent where the upstream's own stays. */
  readonly id?: string;
  readonly store: boolean;
  readonly background: boolean;
  readonly previous_response_id: string | null;
  /** Seconds since the epoch; absent where the upstream's own stays. */
  readonly created_at?: number;
}

/** Events that hold the response object as it is at that time. */
const LIFECYCLE = /response\.(?:created|queued|in_progress|completed|incomplete|failed)\b/;
const ENDS: ReadonlySet<unknown> = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** The answer's bytes with the echo in them; the same bytes where they are no JSON object. */
export function echoIn(answer: Buffer, echo: Echo): Buffer {
  return patchJson(answer, { ...echo }) ?? answer;
}

/** Whether a frame may hold a response object; cheap, and wrong only where a text speaks of such events. */
export function mayHoldResponse(frame: Buffer): boolean {
  return LIFECYCLE.test(frame.toString('latin1'));
}

export interface EchoedEvent {
  readonly frame: Buffer;
  /** The response as it ended; null: it goes on. */
  readonly ended: JsonObject | null;
}

/** An event with the echo in its response; null where it holds none. `data`: of its frame. */
export function echoInEvent(data: string, echo: Echo): EchoedEvent | null {
  const event = parseObject(data);
  if (event === null) return null;
  const { type, response } = event;
  if (typeof type !== 'string' || !LIFECYCLE.test(type) || !isJsonObject(response)) return null;
  const told = { ...response, ...echo };
  const frame = Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ ...event, response: told })}\n\n`);
  return { frame, ended: ENDS.has(type) ? told : null };
}
