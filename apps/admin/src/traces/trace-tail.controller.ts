import { type AuthenticatedUser, CurrentUser, Roles, tenantScope } from '@relay/auth';
import { HEADERS, type TraceTailQuery, traceTailQuerySchema } from '@relay/contracts';
import { CLOCK, type Clock, RelayError } from '@relay/core';
import { parseEventId, Seats, type TailEvent, type TailPosition, TraceTail } from '@relay/trace';
import { Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiController } from '../http/api-controller.decorator';
import { unwrap } from '../http/unwrap';
import { LoginWatch } from './login-watch';
import { PayloadAccess } from './payload-access';
import { TailReply } from './tail-reply';

const SECOND_MS = 1_000;
/** New rows that wait while those since Last-Event-ID are looked for; what comes beyond counts as dropped. */
const MAX_EARLY_ROWS = 2_000;
const MAX_TAILS = { what: 'live tails', inProcess: 100, perUser: 10 };

const querySchema = traceTailQuerySchema.extend({});

@ApiController('traces')
@Roles('operator', 'viewer', 'tenant-admin')
export class TraceTailController {
  private readonly seats = new Seats(MAX_TAILS);

  constructor(
    private readonly tail: TraceTail,
    private readonly logins: LoginWatch,
    private readonly payloads: PayloadAccess,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('tail')
  @ApiOperation({
    summary: 'New traces as they are stored, as server-sent events; Last-Event-ID goes on after a break',
  })
  @ApiOkResponse({ description: 'Events trace, dropped and end.', content: { 'text/event-stream': {} } })
  async follow(
    @Query({ schema: querySchema }) { seconds, ...asked }: TraceTailQuery,
    @CurrentUser() user: AuthenticatedUser,
    @Req() request: FastifyRequest,
    @Res() response: FastifyReply,
  ): Promise<void> {
    const position = positionOf(request.headers['last-event-id']);
    const filter = this.payloads.searchOf(asked, user);
    const leave = await unwrap(this.seats.take(user.id));
    const scope = tenantScope(user);
    try {
      const early: TailEvent[] = [];
      const follower = { filter, tenantScope: scope };
      const headers = { [HEADERS.requestId]: request.id };
      const reply = new TailReply(response.raw, headers, this.clock, () => void this.check(user, reply));
      let onEvents = (events: readonly TailEvent[]): void => {
        const kept = events.slice(0, MAX_EARLY_ROWS - early.length);
        early.push(...kept);
        if (kept.length < events.length) reply.drop(events.length - kept.length);
      };
      const { began, stop } = this.tail.follow({
        ...follower,
        onEvents: (events) => onEvents(events),
        onMissed: (count) => reply.drop(count),
      });
      const expiry = this.logins.msLeft(request.headers.authorization);
      const cancelExpiry = this.clock.after(expiry, () => reply.end('login_expired'));
      const unwatch = this.logins.onChange(user, () => void this.check(user, reply));
      response.raw.once('close', () => [stop, cancelExpiry, unwatch, leave].forEach((finish) => finish()));
      response.hijack();
      await began; // what a client asks for when it has seen the headers is told
      if (response.raw.destroyed) return;
      reply.begin();
      const before = position === null ? { events: [], missed: 0 } : await this.tail.since(position, follower);
      if (before.missed > 0) reply.drop(before.missed);
      const told = new Set(before.events.map(({ eventId }) => eventId));
      reply.events([...before.events, ...early.filter(({ eventId }) => !told.has(eventId))]);
      onEvents = (events) => reply.events(events.filter(({ eventId }) => !told.has(eventId)));
      if (seconds === undefined) return;
      response.raw.once(
        'close',
        this.clock.after(seconds * SECOND_MS, () => reply.end('time')),
      );
    } catch (error) {
      leave();
      if (!response.raw.headersSent) throw error;
      response.raw.destroy();
    }
  }

  private async check(user: AuthenticatedUser, reply: TailReply): Promise<void> {
    if (!(await this.logins.stillHolds(user).catch(() => true))) reply.end('login_ended');
  }
}

function positionOf(lastEventId: string | string[] | undefined): TailPosition | null {
  if (lastEventId === undefined || lastEventId === '') return null;
  const position = typeof lastEventId === 'string' ? parseEventId(lastEventId) : undefined;
  if (position) return position;
  const message = 'Last-Event-ID is not the id of an event of this stream; allowed: one, or none.';
  throw new RelayError('invalid_request', message, { param: 'Last-Event-ID' });
}
