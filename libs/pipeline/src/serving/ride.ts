import type { Cockpit, Delivery, FlightFacts, Landing, Passenger } from '@relay/cache';
import { Cancellation, RelayError, type CancelSignal, type Clock } from '@relay/core';
import type { CacheLookup } from '../cache.stage';
import type { Job } from '../job';
import { bytesHeaders, relayHeaders, streamHeaders } from '../reply-headers';
import type { Fetched, Fetcher } from './fetcher';

/** One request on its way to an answer, which it gets itself or shares with others that ask the same at the same time. */
export class Ride implements Passenger {
  readonly delivery: Delivery;
  /** What it brought itself; null while it rides along. */
  fetched: Fetched | null = null;
  private readonly leaving = new Cancellation();
  private cancelDeadline: () => void = () => undefined;

  /** `follows`: somebody else is getting the answer already. */
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
    const clientLeft = (): void => this.leaving.abort(exchange.signal.reason);
    if (exchange.signal.aborted) clientLeft();
    else exchange.signal.addEventListener('abort', clientLeft, { once: true });
    if (follows) this.waits();
  }

  get signal(): CancelSignal {
    return this.leaving;
  }

  /** Somebody else gets the answer: nothing but this request's own deadline ends its wait. */
  waits(): void {
    const { trace, planned } = this.job;
    const { deadlineMs } = planned.plan;
    this.cancelDeadline();
    this.cancelDeadline = this.clock.after(trace.remainingMs(deadlineMs), () =>
      this.leaving.abort(new RelayError('upstream_timeout', `No answer within ${deadlineMs} ms.`)),
    );
  }

  /** It gets the answer itself: its calls have time-outs of their own. */
  flies(): void {
    this.cancelDeadline();
  }

  async pilot(cockpit: Cockpit): Promise<Landing> {
    const { landing, fetched } = await this.fetcher.fetch(this.job, this.lookup, cockpit, this);
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
    const headers = relayHeaders(exchange, trace);
    const { bytesType } = trace;
    exchange.reply.startStream(bytesType === null ? streamHeaders(headers) : bytesHeaders(headers, bytesType));
  }

  /** No timers are left behind. */
  close(): void {
    this.cancelDeadline();
  }
}
