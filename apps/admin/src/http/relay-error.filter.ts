import { type ErrorCode, HEADERS } from '@relay/contracts';
import { RelayError, toRelayError } from '@relay/core';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

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

const STORE_RETRY_SECONDS = 2;

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
  if (isStoreAway(thrown)) {
    const message = 'The database does not answer at the moment. Try again shortly.';
    return new RelayError('unavailable', message, { retryAfterSeconds: STORE_RETRY_SECONDS, cause: thrown });
  }
  if (!(thrown instanceof HttpException)) return toRelayError(thrown);
  const status = thrown.getStatus();
  if (status === 404) return new RelayError('not_found', `There is nothing at ${request.method} ${pathOf(request)}.`);
  const code = CODE_BY_STATUS[status] ?? (status < 500 ? 'invalid_request' : undefined);
  return code ? new RelayError(code, thrown.message, { cause: thrown }) : toRelayError(thrown);
}

/** A store that cannot be reached, told from a query that is wrong: node's codes, PostgreSQL's class 08 and 57P, pg's time-outs. */
function isStoreAway(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { code } = thrown as { code?: unknown };
  if (typeof code === 'string' && /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|08|57P)/.test(code))
    return true;
  return /Query read timeout|timeout exceeded when trying to connect|Connection terminated/.test(thrown.message);
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
