import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import { CompletionService } from '@relay/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requireArrival, type Arrival } from './arrival';
import { decompress } from './decompress';
import { InFlight } from './in-flight';
import { ResponseDoor } from './responses/response-door';

type Serve = (arrival: Arrival) => Promise<void>;

/** What models answer: `POST /v1/chat/completions` and its kin, all by the same gate. */
@Injectable()
export class InferenceController {
  constructor(
    private readonly completions: CompletionService,
    private readonly inFlight: InFlight,
    private readonly config: ConfigStore,
    private readonly responses: ResponseDoor,
  ) {}

  complete(request: FastifyRequest, reply: FastifyReply): void {
    this.receive(request, reply, (arrival) => this.ask(arrival));
  }

  /** `POST /v1/messages/count_tokens`: how long the question is. */
  count(request: FastifyRequest, reply: FastifyReply): void {
    const view = (tokens: number): object => ({ input_tokens: tokens });
    this.receive(request, reply, (arrival) => this.completions.count(arrival.forModel(), view));
  }

  /** What was read already. */
  serve(arrival: Arrival, body: Buffer, response: ServerResponse): void {
    arrival.body = body;
    this.begin(arrival, response, (begun) => this.ask(begun));
  }

  private receive(request: FastifyRequest, reply: FastifyReply, serve: Serve): void {
    reply.hijack();
    const arrival = requireArrival(request);
    if (Buffer.isBuffer(request.body)) arrival.body = request.body;
    this.begin(arrival, reply.raw, serve);
  }

  private begin(arrival: Arrival, response: ServerResponse, serve: Serve): void {
    this.inFlight.watch(arrival.signal, response);
    const encoding = arrival.headers['content-encoding'];
    if (encoding === undefined) void serve(arrival);
    else void this.serveEncoded(arrival, encoding, serve);
  }

  private async serveEncoded(arrival: Arrival, encoding: string, serve: Serve): Promise<void> {
    const inflated = await decompress(arrival.body, encoding, this.config.current.server.bodyLimitBytes);
    if (!inflated.ok) return this.completions.refuseCounted(arrival, inflated.error);
    arrival.body = inflated.value;
    await serve(arrival);
  }

  /** Responses have a state, which is the relay's to keep. */
  private ask(arrival: Arrival): Promise<void> {
    const exchange = arrival.forModel();
    return exchange.operation === 'responses' ? this.responses.create(exchange) : this.completions.complete(exchange);
  }
}
