import type { Cockpit, Delivery, FlightFacts, Landing, Passenger } from '@relay/cache';
import { Cancellation, RelayError, type CancelSignal, type Clock } from '@relay/core';
import type { CacheLookup } from '../cache.stage';
import type { Job } from '../job';
import { relayHeaders, streamHeaders } from '../reply-headers';
import type { Fetched, Fetcher } from './fetcher';

/** One request on its way to an answer, which it gets itself or shares with others that ask the same at the same time. */
export class Ride implements Passenger {
  readonly delivery: Delivery;
  readonly signal: CancelSignal;
  /** What it brought itself; null while it rides along. */
  fetched: Fetched | null = null;
  private cancelDeadline: () => void = () => undefined;

  /** `follows`: somebody else is getting the answer already, so that nothing but its own deadline ends this request's wait. */
  constructor(
    private readonly job: Job,
    private readonly lookup: CacheLookup,
    private readonly fetcher: Fetcher,
    private readonly clock: Clock,
    follows: boolean,
  ) {
    const { request, exchange, trace } = job;
    const usage = request.stream_options?.include_usage === true;
    this.delivery = trace.stream ? (usage ? 'stream+usage' : 'stream') : 'whole';
    this.signal = follows ? this.untilDeadline() : exchange.signal;
  }

  async pilot(cockpit: Cockpit): Promise<Landing> {
    this.cancelDeadline(); // its calls have time-outs of their own
    const { landing, fetched } = await this.fetcher.fetch(this.job, this.lookup, cockpit);
    this.fetched = fetched;
    return landing;
  }

  onFrames(frames: Buffer, resume: () => void, facts: FlightFacts): boolean {
    this.start(facts);
    return this.job.exchange.reply.write(frames, resume);
  }

  /** Sends the head of a stream, once. */
  start(facts: FlightFacts): void {
    const { exchange, trace } = this.job;
    if (exchange.reply.started) return;
    this.cancelDeadline();
    if (facts.sourceTraceId !== exchange.traceId) {
      trace.rides(facts);
      trace.firstTokenAt(trace.elapsed());
    }
    exchange.reply.startStream(streamHeaders(relayHeaders(exchange, trace)));
  }

  /** No timers are left behind. */
  close(): void {
    this.cancelDeadline();
  }

  private untilDeadline(): CancelSignal {
    const { exchange, trace, planned } = this.job;
    const leaving = new Cancellation();
    const { deadlineMs } = planned.plan;
    const cancelTimer = this.clock.after(trace.remainingMs(deadlineMs), () =>
      leaving.abort(new RelayError('upstream_timeout', `No answer within ${deadlineMs} ms.`)),
    );
    const clientLeft = (): void => leaving.abort(exchange.signal.reason);
    if (exchange.signal.aborted) clientLeft();
    else exchange.signal.addEventListener('abort', clientLeft, { once: true });
    this.cancelDeadline = cancelTimer;
    return leaving;
  }
}
