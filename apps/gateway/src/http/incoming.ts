import { CLOCK, newTraceId, type Clock, type Principal } from '@relay/core';
import { Inject, Injectable } from '@nestjs/common';
import { HEADERS } from '@relay/contracts';
import type { Exchange, DoorExchange } from '@relay/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NodeReply } from './node-reply';
import { requestIdOf } from './request-id';

/** What is known of a request the moment its headers are in. */
export type Arrival = Omit<DoorExchange, 'principal'> & { principal: Principal | null; authMs: number };

/** Notes the arrival of requests on the data plane. */
@Injectable()
export class Incoming {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  arrive(request: FastifyRequest, reply: FastifyReply): Arrival {
    const receivedAt = this.clock.now();
    const traceId = newTraceId(receivedAt);
    return {
      endpoint: request.routeOptions.url ?? '(unknown)',
      requestId: requestIdOf(request.headers[HEADERS.requestId], traceId),
      traceId,
      receivedAt,
      startedAt: this.clock.monotonic(),
      principal: null,
      authMs: 0,
      headers: request.headers,
      reply: new NodeReply(reply.raw),
    };
  }

  authenticated(arrival: Arrival, principal: Principal): void {
    arrival.principal = principal;
    arrival.authMs = this.clock.monotonic() - arrival.startedAt;
  }

  exchange(arrival: Arrival, principal: Principal, body: Buffer, signal: AbortSignal): Exchange {
    return { ...arrival, principal, body, signal };
  }
}
