import { Injectable } from '@nestjs/common';
import { RelayError, type Result } from '@relay/core';
import { CompletionService } from '@relay/pipeline';
import type { JsonObject } from '@relay/protocols';
import { BackgroundResponses, Responses, type PageQuery } from '@relay/responses';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requireArrival } from '../arrival';
import { InFlight } from '../in-flight';
import { KeptStream } from './kept-stream';
import { keptUnavailable } from './kept-unavailable';

type Answer = Promise<Result<JsonObject, RelayError>>;

/** What is done with responses that are kept: `/v1/responses/{id}` and below. Those of other tenants are not there. */
@Injectable()
export class ResponsesController {
  constructor(
    private readonly completions: CompletionService,
    private readonly responses: Responses,
    private readonly background: BackgroundResponses,
    private readonly stream: KeptStream,
    private readonly inFlight: InFlight,
  ) {}

  mount(server: FastifyInstance): void {
    server.get('/v1/responses/:id', (request, reply) => this.retrieve(request, reply));
    server.delete('/v1/responses/:id', (request, reply) => this.remove(request, reply));
    server.post('/v1/responses/:id/cancel', (request, reply) => this.cancel(request, reply));
    server.get('/v1/responses/:id/input_items', (request, reply) => this.inputItems(request, reply));
  }

  private retrieve(request: FastifyRequest, reply: FastifyReply): void {
    const { stream, starting_after: after } = request.query as PageQuery;
    if (stream === 'true') return this.follow(request, reply, after);
    this.answer(request, reply, (tenantId, id) => this.responses.retrieve(tenantId, id));
  }

  private follow(request: FastifyRequest, reply: FastifyReply, after: unknown): void {
    reply.hijack();
    const arrival = requireArrival(request);
    this.inFlight.watch(arrival.signal, reply.raw);
    const { id } = request.params as { readonly id: string };
    void this.stream.send(arrival.authenticated(), id, after, arrival.signal);
  }

  private remove(request: FastifyRequest, reply: FastifyReply): void {
    this.answer(request, reply, (tenantId, id) => this.background.remove(tenantId, id));
  }

  private cancel(request: FastifyRequest, reply: FastifyReply): void {
    this.answer(request, reply, (tenantId, id) => this.background.cancel(tenantId, id));
  }

  private inputItems(request: FastifyRequest, reply: FastifyReply): void {
    const query = request.query as PageQuery;
    this.answer(request, reply, (tenantId, id) => this.responses.inputItems(tenantId, id, query));
  }

  private answer(request: FastifyRequest, reply: FastifyReply, view: (tenantId: string, id: string) => Answer): void {
    reply.hijack();
    const arrival = requireArrival(request);
    const { id } = request.params as { readonly id: string };
    view(arrival.authenticated().principal.tenant.id, id).then(
      (found) => {
        if (found.ok) this.completions.answer(arrival, found.value);
        else this.completions.refuse(arrival, found.error);
      },
      (cause: unknown) => this.completions.refuse(arrival, keptUnavailable(cause)),
    );
  }
}
