import { type ErrorCode, HEADERS } from '@relay/contracts';
import { RelayError, toRelayError } from '@relay/core';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { storeError } from './store-error';

/** Codes of what Nest and Fastify refuse by themselves, by HTTP status. */
const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  401: 'invalid_credentials',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'unavailable',
};

/** The one place where errors of the control plane become HTTP. */
@Catch()
export class RelayErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(RelayErrorFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    void reply.header(HEADERS.requestId, request.id);
    const report = healthReport(thrown);
    if (report) return void reply.status(503).send(report);
    const error = asRelayError(thrown, request);
    if (error.code === 'internal_error') this.log(error, request);
    if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', String(error.retryAfterSeconds));
    void reply.status(error.status).send(error.toBody());
  }

  private log(error: RelayError, request: FastifyRequest): void {
    const cause = error.cause instanceof Error ? error.cause : new Error(String(error.cause));
    this.logger.error(
      { err: cause, requestId: request.id },
      `${request.method} ${request.routeOptions.url ?? ''} failed`,
    );
  }
}

function asRelayError(thrown: unknown, request: FastifyRequest): RelayError {
  const trouble = storeError(thrown);
  if (trouble) return trouble;
  if (!(thrown instanceof HttpException)) return toRelayError(thrown);
  const status = thrown.getStatus();
  if (status === 404) return new RelayError('not_found', `There is nothing at ${request.method} ${pathOf(request)}.`);
  const code = CODE_BY_STATUS[status] ?? (status < 500 ? 'invalid_request' : undefined);
  return code ? new RelayError(code, thrown.message, { cause: thrown }) : toRelayError(thrown);
}

/** Without the query, which may hold what does not belong in a message. */
function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

/** Terminus throws its report; probes and people want it as it is. */
function healthReport(thrown: unknown): object | null {
  if (!(thrown instanceof HttpException) || thrown.getStatus() !== 503) return null;
  const body = thrown.getResponse();
  return typeof body === 'object' && 'details' in body ? body : null;
}
