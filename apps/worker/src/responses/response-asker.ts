import { Injectable } from '@nestjs/common';
import { HEADERS } from '@relay/contracts';
import type { CancelSignal, Principal } from '@relay/core';
import { DeferredRequests, type DeferredReply } from '@relay/pipeline';
import { isJsonObject, parseObject, type JsonObject } from '@relay/protocols';
import { failureOf, Responses, statusOfAnswer, upstreamBody, type ClaimedResponse } from '@relay/responses';
import { failed, type Outcome } from './outcomes';

/** Nobody waits: time is given where the request asks for no other bound. */
const DEADLINE_MS = 600_000;
const OK = 200;
/** No room at the moment, here or there: it is asked again until it expires. */
const LATER: ReadonlySet<number> = new Set([429, 503]);
const AGAIN_AFTER_MS = 5_000; // where nobody says when
const MAX_AGAIN_AFTER_MS = 300_000;

/** It is to be asked again after so long. */
export interface Later {
  readonly afterMs: number;
}

/** Asks what was ordered, the same way as if its client were waiting, with the key and the headers of its order. */
@Injectable()
export class ResponseAsker {
  constructor(
    private readonly responses: Responses,
    private readonly requests: DeferredRequests,
  ) {}

  /** Later: it was interrupted, or there is no room. Rejects when the database is away. */
  async ask(claimed: ClaimedResponse, principal: Principal, signal: CancelSignal): Promise<Outcome | Later> {
    const { response, tenantId, headers } = claimed;
    const expanded = await this.responses.expand(tenantId, response.previousId, response.asked['input']);
    if (!expanded.ok) return failed(claimed, failureOf(expanded.error.status, expanded.error.message));
    const asked = { ...response.asked, stream: undefined, stream_options: undefined };
    const reply = await this.requests.run({
      ...{ principal, operation: 'responses', signal },
      body: upstreamBody(Buffer.from(JSON.stringify(asked)), expanded.value?.items ?? null),
      headers: { [HEADERS.deadlineMs]: String(DEADLINE_MS), ...headers },
    });
    if (!reply.ok) return { afterMs: AGAIN_AFTER_MS };
    if (LATER.has(reply.value.status)) return { afterMs: pauseMs(reply.value) };
    return outcomeOf(claimed, reply.value);
  }
}

/** What Retry-After says. */
function pauseMs({ headers }: DeferredReply): number {
  const toldMs = Number(headers.get('retry-after') ?? NaN) * 1_000;
  return toldMs > 0 ? Math.min(toldMs, MAX_AGAIN_AFTER_MS) : AGAIN_AFTER_MS;
}

function outcomeOf(claimed: ClaimedResponse, { status, body }: DeferredReply): Outcome {
  const said = parseObject(body.toString('utf8'));
  if (status !== OK || said === null) return failed(claimed, failureOf(status, messageOf(said)));
  const { id, created_at, previous_response_id } = claimed.response.answer;
  const answer = { ...said, id, created_at, previous_response_id, store: true, background: true };
  return { status: statusOfAnswer(said['status']), answer };
}

function messageOf(refusal: JsonObject | null): string {
  const error = refusal?.['error'];
  const message = isJsonObject(error) ? error['message'] : null;
  return typeof message === 'string' ? message : 'The provider gave no answer that can be read.';
}
