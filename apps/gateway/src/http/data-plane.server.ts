import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { ApiKeyAuthenticator } from '@relay/auth';
import { ConfigStore, type ConfigConsumer, type RelayConfig } from '@relay/config';
import {
  HEADERS,
  MAX_RELAYS_BEFORE,
  OPERATION_SHAPES,
  OPERATIONS,
  type Operation,
  relaysBefore,
} from '@relay/contracts';
import { CLOCK, newTraceId, RelayError, toRelayError, type Clock, type Principal, type Result } from '@relay/core';
import { CompletionService } from '@relay/pipeline';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Arrival } from './arrival';
import { InferenceController } from './inference.controller';
import { BatchesController } from './batches/batches.controller';
import { tooLarge } from './decompress';
import { FeedbackController } from './feedback.controller';
import { FilesController } from './files/files.controller';
import { KnownRoutes } from './known-routes';
import { ModelsController } from './models.controller';
import { NodeReply } from './node-reply';
import { readBody } from './read-body';
import { requestIdOf } from './request-id';
import { ResponsesController } from './responses/responses.controller';

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: Operation;
  }
  interface FastifyRequest {
    arrival: Arrival | null;
  }
}

/** Where the data plane begins; everything else belongs to the framework. */
export const DATA_PLANE_PREFIX = '/v1/';

/**
 * A body that nobody reads is read to its end, if it is said to be no longer than this: a client that is cut off while it sends a
 * recording sees a broken connection, and never the refusal. 32 MiB, as bodies may be by default.
 */
const MAX_DRAINED_BYTES = 33_554_432;

/**
 * The data plane's own Fastify, without a port: it is handed the requests under `/v1/`. One hook authenticates before the
 * body is read, and handlers take the reply over. None of the framework's hooks, guards, pipes and interceptors run here
 * (docs/adr/0003).
 */
@Injectable()
export class DataPlaneServer implements ConfigConsumer {
  readonly name = 'data plane';
  private readonly fastify: FastifyInstance;
  private readonly bodyLimit: number;

  constructor(
    private readonly config: ConfigStore,
    private readonly authenticator: ApiKeyAuthenticator,
    private readonly completions: CompletionService,
    private readonly inference: InferenceController,
    private readonly models: ModelsController,
    private readonly feedback: FeedbackController,
    private readonly files: FilesController,
    private readonly batches: BatchesController,
    private readonly responses: ResponsesController,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.bodyLimit = this.config.current.server.bodyLimitBytes;
    this.fastify = fastify({
      logger: false,
      bodyLimit: this.bodyLimit,
      frameworkErrors: (error, request, reply) => this.refuse(request, reply, fromFastify(error, this.bodyLimit)),
    });
    this.define(this.fastify);
    config.register(this);
  }

  /** The listener for requests under `DATA_PLANE_PREFIX`. */
  async listener(): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
    await this.fastify.ready();
    return (request, response) => {
      const operation = plainOperationOf(request);
      if (operation === null) return this.fastify.routing(request, response);
      const arrival = this.arrive(operation, request.url ?? '', request, response);
      this.receive(arrival, request, response);
    };
  }

  /** Fastify takes its limit once: another one is refused rather than half applied. */
  prepare({ server }: RelayConfig): ReturnType<ConfigConsumer['prepare']> {
    const apply = (): void => undefined;
    if (server.bodyLimitBytes === this.bodyLimit) return { problems: [], apply };
    const problem = {
      file: this.config.source,
      path: 'server.bodyLimitBytes',
      found: String(server.bodyLimitBytes),
      allowed: `${this.bodyLimit} until the next start`,
    };
    return { problems: [problem], apply };
  }

  private define(server: FastifyInstance): void {
    const { bodyLimit } = this;
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    server.decorateRequest('arrival', null);
    server.addHook('onRequest', (request, reply, done) => {
      request.arrival = this.arriveRouted(request, reply);
      this.authenticate(request.arrival, (error) => this.refuse(request, reply, error), done);
    });
    server.addHook('preParsing', (request, reply, _payload, done) => {
      if (request.headers.expect !== undefined) reply.raw.writeContinue();
      done();
    });
    server.setErrorHandler((error: FastifyError, request, reply) =>
      this.refuseLetIn(request, reply, fromFastify(error, bodyLimit)),
    );
    const known = new KnownRoutes();
    server.addHook('onRoute', (route) => known.note(route));
    server.setNotFoundHandler((request, reply) => this.refuseRoute(known, request, reply));
    for (const operation of OPERATIONS) {
      const config = { operation };
      const url = DATA_PLANE_PREFIX + OPERATION_SHAPES[operation].path;
      server.post(url, { config }, (request, reply) => this.inference.complete(request, reply));
    }
    const messages = { config: { operation: 'messages' as const } }; // its errors are worded alike
    server.post('/v1/messages/count_tokens', messages, (request, reply) => this.inference.count(request, reply));
    server.post('/v1/feedback', (request, reply) => this.feedback.submit(request, reply));
    this.responses.mount(server);
    this.files.define(server);
    this.batches.define(server);
    server.get('/v1/models', (request, reply) => this.models.list(request, reply));
    server.get('/v1/models/*', (request, reply) => this.models.get(request, reply));
  }

  /** By the same steps as through Fastify, for 5 to 8% less of what a hit takes (docs/adr/0047). */
  private receive(arrival: Arrival, request: IncomingMessage, response: ServerResponse): void {
    const refuse = (error: RelayError): void => {
      if (arrival.reply.started) return arrival.reply.abandon(); // what was thrown came behind it
      letGo(request, response);
      this.completions.refuse(arrival, error);
    };
    const serve = (body: Result<Buffer, RelayError>): void => {
      if (body.ok) return this.inference.serve(arrival, body.value, response);
      letGo(request, response);
      void this.completions.refuseCounted(arrival, body.error);
    };
    this.authenticate(arrival, refuse, () =>
      readBody(request, response, this.bodyLimit, (body) => guarded(arrival, refuse, () => serve(body))),
    );
  }

  private arrive(
    operation: Operation | null,
    endpoint: string,
    { headers }: IncomingMessage,
    response: ServerResponse,
  ): Arrival {
    const receivedAt = this.clock.now();
    const traceId = newTraceId(receivedAt);
    const requestId = requestIdOf(headers[HEADERS.requestId], traceId);
    const startedAt = this.clock.monotonic();
    const reply = new NodeReply(response, this.clock);
    return new Arrival(operation, endpoint, requestId, traceId, receivedAt, startedAt, headers, reply);
  }

  private arriveRouted(request: FastifyRequest, reply: FastifyReply): Arrival {
    const { url = '(unknown)', config } = request.routeOptions; // made anew each time it is asked for
    return this.arrive(config.operation ?? null, url, request.raw, reply.raw);
  }

  /** Calls one of the two; `refuse` as well if something throws that should not. */
  private authenticate(arrival: Arrival, refuse: (error: RelayError) => void, done: () => void): void {
    const tenant = arrival.headers[HEADERS.tenant];
    const tenantHeader = Array.isArray(tenant) ? tenant[0] : tenant;
    const apiKey = arrival.headers['x-api-key'];
    const apiKeyHeader = Array.isArray(apiKey) ? apiKey.join() : apiKey;
    const judge = (verdict: Principal | RelayError): void => {
      if (verdict instanceof RelayError) return refuse(verdict);
      arrival.principal = verdict;
      arrival.authMs = this.clock.monotonic() - arrival.startedAt;
      if (relaysBefore(arrival.headers.via) > MAX_RELAYS_BEFORE) return refuse(goesInCircles());
      const refusal =
        arrival.operation === null ? this.completions.admits(arrival) : this.completions.turnsAway(verdict);
      if (refusal instanceof Promise) refusal.then(admit, (error: unknown) => admit(toRelayError(error)));
      else admit(refusal);
    };
    const admit = (refusal: RelayError | null): void =>
      guarded(arrival, refuse, refusal ? () => refuse(refusal) : done);
    const settle = (verdict: Principal | RelayError): void => guarded(arrival, refuse, () => judge(verdict));
    guarded(arrival, refuse, () => {
      const found = this.authenticator.authenticate(arrival.headers.authorization, tenantHeader, apiKeyHeader);
      if (!(found instanceof Promise)) return settle(found);
      found.then(settle, (error: unknown) => settle(unavailable(error)));
    });
  }

  private refuseRoute(known: KnownRoutes, request: FastifyRequest, reply: FastifyReply): void {
    const methods = known.methodsOf(pathOf(request));
    if (methods.length === 0) return this.refuse(request, reply, unknownRoute(request));
    reply.raw.setHeader('allow', methods.join(', '));
    const message = `${pathOf(request)} takes ${methods.join(', ')}, not ${request.method}.`;
    this.refuse(request, reply, new RelayError('method_not_allowed', message));
  }

  private refuse(request: FastifyRequest, reply: FastifyReply, error: RelayError): void {
    this.completions.refuse(this.takeOver(request, reply), error);
  }

  /** What was let in, and cannot be read. Where no model answers it was counted as it was let in. */
  private refuseLetIn(request: FastifyRequest, reply: FastifyReply, error: RelayError): void {
    const arrival = this.takeOver(request, reply);
    if (arrival.operation === null) this.completions.refuse(arrival, error);
    else void this.completions.refuseCounted(arrival, error);
  }

  private takeOver(request: FastifyRequest, reply: FastifyReply): Arrival {
    reply.hijack();
    letGo(request.raw, reply.raw);
    return request.arrival ?? this.arriveRouted(request, reply);
  }
}

/** Outside of Fastify nobody else catches: what escapes an event ends the process, and with it the streams of everybody. */
function guarded(arrival: Arrival, refuse: (error: RelayError) => void, step: () => void): void {
  try {
    step();
  } catch (error) {
    try {
      refuse(unexpected(error));
    } catch {
      arrival.reply.abandon();
    }
  }
}

/**
 * What is left of an unread body must not be taken for the next request. Node reads on to its end; a long one is not worth it, and one that
 * waits to be asked for may never come.
 */
function letGo({ complete, headers }: IncomingMessage, response: ServerResponse): void {
  if (!complete && (headers.expect !== undefined || !isShort(headers))) response.shouldKeepAlive = false;
}

const JSON_TYPES: ReadonlySet<string> = new Set(['application/json', 'application/json; charset=utf-8']);
const PLAIN_PATHS: ReadonlyMap<string, Operation> = new Map(
  OPERATIONS.map((operation) => [DATA_PLANE_PREFIX + OPERATION_SHAPES[operation].path, operation]),
);

/** What models are asked, as clients ask it: the path and nothing else, and JSON. Null: Fastify makes of it what it is. */
function plainOperationOf({ method, url = '', headers }: IncomingMessage): Operation | null {
  if (method !== 'POST' || !JSON_TYPES.has(headers['content-type'] ?? '')) return null;
  return PLAIN_PATHS.get(url) ?? null;
}

/** Without a length and without chunks it is empty. */
const isShort = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= MAX_DRAINED_BYTES;

const unavailable = (cause: unknown): RelayError =>
  new RelayError('unavailable', 'The key cannot be checked at the moment.', { retryAfterSeconds: 1, cause });

const goesInCircles = (): RelayError =>
  new RelayError(
    'loop_detected',
    'The request came through too many relays: some provider leads back to where it came from.',
  );

/** Without its query, no longer than is worth repeating. */
const pathOf = ({ url }: FastifyRequest): string => (url.split('?', 1)[0] ?? '').slice(0, 200);

const unknownRoute = (request: FastifyRequest): RelayError =>
  new RelayError('not_found', `There is no ${request.method} ${pathOf(request)}; see /docs for what there is.`);

const noContentType = (): RelayError =>
  new RelayError('unsupported_media_type', 'The content type is none; allowed: application/json.', {
    param: 'content-type',
  });

function fromFastify(error: FastifyError, bodyLimit: number): RelayError {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(bodyLimit);
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return noContentType();
  const status = error.statusCode ?? 500;
  if (status < 500) return new RelayError('invalid_request', error.message);
  return unexpected(error);
}

function unexpected(cause: unknown): RelayError {
  const message = 'The relay met an unexpected error. The request id identifies it in the logs.';
  return new RelayError('internal_error', message, { cause });
}
