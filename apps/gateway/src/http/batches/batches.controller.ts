import { Injectable } from '@nestjs/common';
import { BatchesService } from '@relay/batches';
import { ConfigStore } from '@relay/config';
import { batchListQuerySchema, createBatchSchema, type CreateBatch } from '@relay/contracts';
import { canonicalJson, err, ok, sha256Hex, type RelayError, type Result } from '@relay/core';
import { CompletionService, onceKeyOf, onceKeyUsed, parseJsonBody } from '@relay/pipeline';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decompress } from '../decompress';
import { answerAtDoor, type DoorAnswer } from '../door-reply';
import { batchHeaders } from '../kept-headers';
import { listPage } from '../list-page';
import { readBy } from '../read-query';

/** `/v1/batches`: requests that are asked within a day, at times when nobody else wants the slots. */
@Injectable()
export class BatchesController {
  constructor(
    private readonly batches: BatchesService,
    private readonly completions: CompletionService,
    private readonly config: ConfigStore,
  ) {}

  define(server: FastifyInstance): void {
    server.post('/v1/batches', (request, reply) => this.create(request, reply));
    server.get('/v1/batches', (request, reply) => this.list(request, reply));
    server.get('/v1/batches/:id', (request, reply) => this.retrieve(request, reply));
    server.post('/v1/batches/:id/cancel', (request, reply) => this.cancel(request, reply));
  }

  private create(request: FastifyRequest, reply: FastifyReply): void {
    answerAtDoor(this.completions, request, reply, async ({ principal }): DoorAnswer => {
      const key = onceKeyOf(request.headers);
      if (!key.ok) return key;
      const order = await this.orderOf(request);
      if (!order.ok) return order;
      const headers = batchHeaders(request.headers);
      if (!headers.ok) return headers;
      const print = sha256Hex(canonicalJson([order.value, headers.value]));
      const once = key.value === null ? null : { key: key.value, print };
      const by = { tenantId: principal.tenant.id, keyId: principal.keyId, headers: headers.value, once };
      const created = await this.batches.create(by, order.value);
      return created.ok ? created : err(created.error === 'used-for-another' ? onceKeyUsed() : created.error);
    });
  }

  private list(request: FastifyRequest, reply: FastifyReply): void {
    answerAtDoor(this.completions, request, reply, async ({ principal }): DoorAnswer => {
      const query = readBy(batchListQuerySchema, request.query);
      return query.ok ? ok(listPage(await this.batches.list(principal.tenant.id, query.value))) : query;
    });
  }

  private retrieve(request: FastifyRequest, reply: FastifyReply): void {
    answerAtDoor(this.completions, request, reply, ({ principal }) =>
      this.batches.find(idOf(request), principal.tenant.id),
    );
  }

  private cancel(request: FastifyRequest, reply: FastifyReply): void {
    answerAtDoor(this.completions, request, reply, ({ principal }) =>
      this.batches.cancel(idOf(request), principal.tenant.id),
    );
  }

  private async orderOf(request: FastifyRequest): Promise<Result<CreateBatch, RelayError>> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const limit = this.config.current.server.bodyLimitBytes;
    const plain = await decompress(body, request.headers['content-encoding'], limit);
    if (!plain.ok) return plain;
    const order = parseJsonBody(plain.value, 'a JSON object with "input_file_id", "endpoint" and "completion_window"');
    return order.ok ? readBy(createBatchSchema, order.value) : order;
  }
}

const idOf = (request: FastifyRequest): string => (request.params as { readonly id: string }).id;
