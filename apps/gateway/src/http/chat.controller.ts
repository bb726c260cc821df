import { Injectable } from '@nestjs/common';
import { ConfigStore } from '@relay/config';
import { CompletionService } from '@relay/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { decompress } from './decompress';
import { InFlight } from './in-flight';
import { Incoming } from './incoming';

const NO_BODY = Buffer.alloc(0);

/** `POST /v1/chat/completions` */
@Injectable()
export class ChatController {
  constructor(
    private readonly completions: CompletionService,
    private readonly incoming: Incoming,
    private readonly inFlight: InFlight,
    private readonly config: ConfigStore,
  ) {}

  complete(request: FastifyRequest, reply: FastifyReply): void {
    reply.hijack();
    void this.serve(request, reply);
  }

  private async serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { arrival } = request;
    if (!arrival?.principal) throw new Error('a route of the data plane was reached without authentication');
    const encoding = request.headers['content-encoding'];
    let body = Buffer.isBuffer(request.body) ? request.body : NO_BODY;
    if (encoding !== undefined && encoding !== 'identity') {
      const inflated = await decompress(body, encoding, this.config.current.server.bodyLimitBytes);
      if (!inflated.ok) return this.completions.refuse(arrival, inflated.error);
      body = inflated.value;
    }
    const controller = new AbortController();
    this.inFlight.add(controller);
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) controller.abort();
    });
    try {
      await this.completions.complete(this.incoming.exchange(arrival, arrival.principal, body, controller.signal));
    } finally {
      this.inFlight.delete(controller);
    }
  }
}
