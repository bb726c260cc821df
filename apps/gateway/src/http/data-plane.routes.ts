import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiKeyAuthenticator } from '@relay/auth';
import { ConfigStore } from '@relay/config';
import { HEADERS } from '@relay/contracts';
import { RelayError, type Principal } from '@relay/core';
import { CompletionService } from '@relay/pipeline';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ChatController } from './chat.controller';
import { tooLarge } from './decompress';
import { Incoming, type Arrival } from './incoming';
import { ModelsController } from './models.controller';

declare module 'fastify' {
  interface FastifyRequest {
    arrival: Arrival | null;
  }
}

/**
 * The routes of the data plane, registered on Fastify itself: one hook authenticates before the body is read, and handlers
 * take the reply over. No guard, pipe or interceptor of the framework runs here (docs/adr/0003).
 */
@Injectable()
export class DataPlaneRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly config: ConfigStore,
    private readonly authenticator: ApiKeyAuthenticator,
    private readonly incoming: Incoming,
    private readonly completions: CompletionService,
    private readonly chat: ChatController,
    private readonly models: ModelsController,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register(
      (scope, _options, done) => {
        this.define(scope);
        done();
      },
      { prefix: '/v1' },
    );
  }

  private define(scope: FastifyInstance): void {
    const bodyLimit = this.config.current.server.bodyLimitBytes;
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
    scope.decorateRequest('arrival', null);
    scope.addHook('onRequest', (request, reply, done) => this.authenticate(request, reply, done));
    scope.setErrorHandler((error: FastifyError, request, reply) =>
      this.refuse(request, reply, fromFastify(error, bodyLimit)),
    );
    scope.setNotFoundHandler((request, reply) => this.refuse(request, reply, unknownRoute(request)));
    scope.post('/chat/completions', (request, reply) => this.chat.complete(request, reply));
    scope.get('/models', (request, reply) => this.models.list(request, reply));
    scope.get('/models/*', (request, reply) => this.models.get(request, reply));
  }

  private authenticate(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    const arrival = this.incoming.arrive(request, reply);
    request.arrival = arrival;
    const tenant = request.headers[HEADERS.tenant];
    const found = this.authenticator.authenticate(
      request.headers.authorization,
      Array.isArray(tenant) ? tenant[0] : tenant,
    );
    const settle = (principal: Principal | RelayError): void => {
      if (principal instanceof RelayError) return this.refuse(request, reply, principal);
      this.incoming.authenticated(arrival, principal);
      done();
    };
    if (found instanceof Promise)
      void found.then(settle, (error: unknown) => this.refuse(request, reply, unavailable(error)));
    else settle(found);
  }

  private refuse(request: FastifyRequest, reply: FastifyReply, error: RelayError): void {
    reply.hijack();
    const arrival = request.arrival ?? this.incoming.arrive(request, reply);
    // What is left of an unread body must not be taken for the next request.
    if (!request.raw.complete) reply.raw.shouldKeepAlive = false;
    this.completions.refuse(arrival, error);
  }
}

const unavailable = (cause: unknown): RelayError =>
  new RelayError('unavailable', 'The key cannot be checked at the moment.', { retryAfterSeconds: 1, cause });

const unknownRoute = (request: FastifyRequest): RelayError =>
  new RelayError(
    'not_found',
    `There is no ${request.method} ${request.url.split('?', 1)[0]?.slice(0, 200)}; see /docs for what there is.`,
  );

function fromFastify(error: FastifyError, bodyLimit: number): RelayError {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(bodyLimit);
  const status = error.statusCode ?? 500;
  if (status < 500) return new RelayError('invalid_request', error.message);
  return new RelayError(
    'internal_error',
    'The relay met an unexpected error. The request id identifies it in the logs.',
    { cause: error },
  );
}
