import { type AuthenticatedUser, CurrentUser, Roles, tenantScope } from '@relay/auth';
import { HEADERS, type TraceExportQuery, traceExportQuerySchema } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { type ExportProgress, Seats, TRACE_FORMATS, TraceExport } from '@relay/trace';
import { Get, Inject, Logger, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiController } from '../http/api-controller.decorator';
import { unwrap } from '../http/unwrap';
import { LoginWatch } from './login-watch';
import { PayloadAccess } from './payload-access';
import { writeAll } from './write-all';

const MAX_EXPORTS = { what: 'exports', inProcess: 8, perUser: 2 };
/** The trailer that says how many rows there are; an export without it is not whole. */
const ROWS_TRAILER = 'x-relay-export-rows';

@ApiController('traces')
@Roles('operator', 'viewer', 'tenant-admin')
export class TraceExportController {
  private readonly logger = new Logger(TraceExportController.name);
  private readonly seats = new Seats(MAX_EXPORTS);

  constructor(
    private readonly exports: TraceExport,
    private readonly payloads: PayloadAccess,
    private readonly logins: LoginWatch,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('export')
  @ApiOperation({
    summary:
      'Traces as CSV or as lines of JSON, as many as there are; one that breaks off says so and ends without its end',
  })
  @ApiOkResponse({ description: 'The rows.', content: { 'application/jsonl': {}, 'text/csv': {} } })
  async export(
    @Query({ schema: traceExportQuerySchema }) query: TraceExportQuery,
    @CurrentUser() user: AuthenticatedUser,
    @Req() request: FastifyRequest,
    @Res() response: FastifyReply,
  ): Promise<void> {
    const search = this.payloads.searchOf(query, user);
    const check = this.logins.guard(user, request.headers.authorization);
    const leave = await unwrap(this.seats.take(user.id));
    const progress: ExportProgress = { rows: 0, isBroken: false };
    const texts = this.exports.texts(search, tenantScope(user), progress, check);
    try {
      const first = await texts.next(); // what fails at once is answered as an error
      response.hijack();
      const { mediaType, extension } = TRACE_FORMATS[query.format];
      const isZipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
      const { raw } = response;
      raw.writeHead(200, {
        'content-type': mediaType,
        'content-disposition': `attachment; filename="traces.${extension}"`,
        'cache-control': 'no-store',
        trailer: ROWS_TRAILER,
        [HEADERS.requestId]: request.id,
        ...(isZipped && { 'content-encoding': 'gzip', vary: 'accept-encoding' }),
      });
      await writeAll(raw, isZipped, first, texts, this.clock);
      if (progress.isBroken) throw new Error('its last line says why');
      raw.addTrailers({ [ROWS_TRAILER]: String(progress.rows) });
      raw.end();
    } catch (error) {
      if (!response.raw.headersSent) throw error;
      this.logger.warn(`An export ended after ${progress.rows} rows: ${String(error)}`);
      response.raw.destroy(); // no last chunk: nobody takes half for whole
    } finally {
      leave();
    }
  }
}
