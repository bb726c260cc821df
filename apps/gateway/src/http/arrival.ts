import type { IncomingHttpHeaders } from 'node:http';
import { HEADERS, type Operation } from '@relay/contracts';
import { Cancellation, type Principal } from '@relay/core';
import { type DoorExchange, type Exchange, type Reply, TeeReply } from '@relay/pipeline';
import type { FastifyRequest } from 'fastify';
import type { NodeReply } from './node-reply';

const NO_BODY: Buffer = Buffer.alloc(0);

/** A request from the moment its headers are in: filled up on its way to the pipeline, which then sees it as an exchange. */
export class Arrival implements DoorExchange {
  readonly fromDoor = true;
  readonly signal = new Cancellation();
  principal: Principal | null = null;
  authMs = 0;
  rates: DoorExchange['rates'] = null;
  body: Buffer = NO_BODY;
  /** Where the reply may have to be given again. */
  readonly tee: TeeReply | undefined;
  readonly reply: Reply;

  constructor(
    readonly operation: Operation | null,
    readonly endpoint: string,
    readonly requestId: string,
    readonly traceId: string,
    readonly receivedAt: number,
    readonly startedAt: number,
    readonly headers: IncomingHttpHeaders,
    reply: NodeReply,
  ) {
    this.tee = operation !== null && HEADERS.idempotencyKey in headers ? new TeeReply(reply) : undefined;
    this.reply = this.tee ?? reply;
  }

  /** This request as the pipeline takes it. Throws if nobody checked who is calling. */
  authenticated(): Arrival & { principal: Principal } {
    if (this.principal === null) throw new Error('a route of the data plane was reached without authentication');
    return this as Arrival & { principal: Principal };
  }

  /** The same for a route that models answer. */
  forModel(): Exchange {
    if (this.operation === null) throw new Error(`${this.endpoint} is no route that models answer`);
    return this.authenticated() as Arrival & { principal: Principal; operation: Operation };
  }
}

/** The arrival that the authentication hook noted. */
export function requireArrival(request: FastifyRequest): Arrival {
  if (request.arrival === null) throw new Error('a route of the data plane was reached without authentication');
  return request.arrival;
}
