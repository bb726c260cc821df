import { Injectable } from '@nestjs/common';
import { FilesService } from '@relay/batches';
import { fileListQuerySchema } from '@relay/contracts';
import { ok } from '@relay/core';
import { CompletionService } from '@relay/pipeline';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { requireArrival } from '../arrival';
import { answerAtDoor, refuseAtDoor, told, type DoorAnswer } from '../door-reply';
import { InFlight } from '../in-flight';
import { listPage } from '../list-page';
import { readBy } from '../read-query';
import { readUploadFields } from './upload-fields';
import { UploadForm } from './upload-form';

const BYTES = 'application/octet-stream';

/** `/v1/files`: what tenants keep here, and what the relay wrote for them. Files of other tenants are not there. */
@Injectable()
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly completions: CompletionService,
    private readonly inFlight: InFlight,
  ) {}

  define(server: FastifyInstance): void {
    server.register((scope, _options, done) => {
      // The body of an upload is read by its handler as it comes, and may be longer than a request to a model.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _body, parsed) => parsed(null));
      scope.post('/v1/files', (request, reply) => this.upload(request, reply));
      done();
    });
    server.get('/v1/files', (request, reply) => this.list(request, reply));
    server.get('/v1/files/:id', (request, reply) => this.retrieve(request, reply));
    server.get('/v1/files/:id/content', (request, reply) => void this.content(request, reply));
    server.delete('/v1/files/:id', (request, reply) => this.remove(request, reply));
  }

  private upload(request: FastifyRequest, reply: FastifyReply): void {
    answerAtDoor(this.completions, request, reply, async ({ principal }): DoorAnswer => {
      const form = UploadForm.of(request.raw);
      if (!form.ok) return form;
      const { value } = form;
      const details = () => readUploadFields(value.fields, value.filename);
      return this.files.upload(principal.tenant.id, value.content(), details);
    });
  }

  private list(request: FastifyRequest, reply: FastifyReply): void {
    answerAtDoor(this.completions, request, reply, async ({ principal }): DoorAnswer => {
      const query = readBy(fileListQuerySchema, request.query);
      return query.ok ? ok(listPage(await this.files.list(principal.tenant.id, query.value))) : query;
    });
  }

  private retrieve(request: FastifyRequest, reply: FastifyReply): void {
    answerAtDoor(this.completions, request, reply, ({ principal }) =>
      this.files.find(idOf(request), principal.tenant.id),
    );
  }

  private remove(request: FastifyRequest, reply: FastifyReply): void {
    answerAtDoor(this.completions, request, reply, async ({ principal }): DoorAnswer => {
      const id = idOf(request);
      const removed = await this.files.remove(id, principal.tenant.id);
      return removed.ok ? ok({ id, object: 'file', deleted: true }) : removed;
    });
  }

  private async content(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.hijack();
    const arrival = requireArrival(request);
    this.inFlight.watch(arrival.signal, reply.raw); // before the look-up: who leaves during it is not told of again
    try {
      const found = await this.files.find(idOf(request), arrival.authenticated().principal.tenant.id);
      if (!found.ok) return refuseAtDoor(this.completions, request, reply, found.error);
      const content = { type: BYTES, bytes: found.value.bytes, chunks: this.files.content(found.value) };
      await this.completions.answerBytes(arrival, content, arrival.signal);
    } catch (error) {
      refuseAtDoor(this.completions, request, reply, told(error));
    }
  }
}

const idOf = (request: FastifyRequest): string => (request.params as { readonly id: string }).id;
