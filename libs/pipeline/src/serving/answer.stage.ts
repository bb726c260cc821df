import { Inject, Injectable } from '@nestjs/common';
import { Flights, type Arrival, type CachedAnswer, type Crashed } from '@relay/cache';
import { CLOCK, sha256Hex, type Clock } from '@relay/core';
import { protocolOf } from '@relay/protocols';
import { Accountant } from '../accountant';
import { CacheStage, type CacheLookup } from '../cache.stage';
import { endsInSilence, goesElsewhere } from '../elsewhere/goes-elsewhere';
import type { Job } from '../job';
import { replayAtPace } from '../paced-replay';
import { Repeats } from '../repeats/repeats';
import { ReplyStage } from '../reply.stage';
import { relayHeaders, streamHeaders } from '../reply-headers';
import { SignalStage } from '../signal.stage';
import { cancelled } from '../upstream/no-answer';
import { flyAlone } from './alone';
import { Fetcher, type Fetched } from './fetcher';
import { Revalidation } from './revalidation.service';
import { Ride } from './ride';

/** Answers a planned request: from memory, together with others that ask the same, or by itself. */
@Injectable()
export class AnswerStage {
  constructor(
    private readonly cache: CacheStage,
    private readonly flights: Flights,
    private readonly fetcher: Fetcher,
    private readonly accountant: Accountant,
    private readonly reply: ReplyStage,
    private readonly signals: SignalStage,
    private readonly revalidation: Revalidation,
    private readonly repeats: Repeats,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async serve(job: Job): Promise<void> {
    const lookup = this.cache.open(job);
    const served = this.serveFromMemory(job, lookup);
    if (served !== null) return served;
    const { key } = lookup;
    const shares =
      key !== null && lookup.reads && lookup.stores && !lookup.directives.onlyIfCached && !goesElsewhere(job);
    const together = shares && job.planned.plan.cache.exact.coalesce ? this.flightKey(job, lookup, key) : null;
    const follows = together !== null && this.flights.isUnderWay(together);
    const ride = new Ride(job, lookup, this.fetcher, this.clock, follows);
    const arrival = together === null ? await flyAlone(ride) : await this.flights.board(together, ride);
    ride.close();
    await this.arrive(job, lookup, ride, arrival);
  }

  /** Null: the answer is not in this process's memory. */
  serveFromMemory(job: Job, lookup = this.cache.open(job)): Promise<void> | null {
    const hit = job.exchange.elsewhere?.answer ? undefined : this.cache.inMemory(lookup, job.trace);
    if (!hit) return null;
    job.trace.cacheEntry = lookup.key;
    if (job.repeat !== null) job.trace.shared = job.repeat.partsWith(hit);
    else if (lookup.key !== null) this.repeats.note(job, lookup.key);
    return this.replyStored(job, lookup, hit);
  }

  /**
   * Nobody who asks after an invalidation rides along with who asked before, nor with who accepts other answers of before: what a flight
   * lands with may have been found. Who waits in the long line is no help to those in the short
   * one: they share among themselves, or ride along with a short one.
   */
  private flightKey(job: Job, lookup: CacheLookup, key: string): string {
    const { planned } = job;
    const terms = termsOf(job, lookup);
    const current = terms === '' ? key : sha256Hex(`${key} ${terms}`);
    if (planned.plan.queue.class === 'short' || this.flights.isUnderWay(current)) return current;
    return sha256Hex(`${current} long`);
  }

  private async arrive(job: Job, lookup: CacheLookup, ride: Ride, { landing, live }: Arrival): Promise<void> {
    const { exchange, trace } = job;
    const { fetched } = ride;
    if (landing.kind === 'failed') return this.replyFailed(job, landing, fetched);
    if (fetched?.kind === 'answered') return this.replyFetched(job, ride, fetched);
    const { answer, facts, tail } = landing;
    trace.rides(facts);
    if (live) {
      ride.start(facts);
      if (answer) trace.servedFromCache(answer);
      else trace.costUsd = '0'; // too large to be put together; the one that paid has the figures
      return exchange.signal.aborted
        ? this.reply.error(exchange, trace, cancelled(exchange.signal))
        : this.reply.endStream(exchange, trace, tail, answer?.body);
    }
    if (answer === null) throw new Error('a flight landed without an answer for this request');
    if (facts.cache === 'exact-l1' || facts.cache === 'exact-l2') trace.cacheEntry = lookup.key;
    await this.replyStored(job, lookup, answer);
    if (fetched?.kind === 'found' && fetched.similar) this.revalidation.recheck(job, fetched.similar);
  }

  /** What this request brought itself, for itself and everybody who rode along. */
  private replyFetched(job: Job, ride: Ride, { outcome, body }: Fetched & { kind: 'answered' }): void {
    const { exchange, trace } = job;
    if (exchange.signal.aborted) return this.reply.error(exchange, trace, cancelled(exchange.signal));
    if (!trace.stream) this.reply.whole(exchange, trace, outcome.status, outcome.body, outcome.contentType);
    else {
      ride.start(this.fetcher.factsOf(job));
      this.reply.endStream(exchange, trace, outcome.tail, body ?? undefined);
    }
    if (body) this.signals.note(job, body);
  }

  private async replyStored(job: Job, lookup: CacheLookup, answer: CachedAnswer): Promise<void> {
    const { exchange, trace } = job;
    trace.servedFromCache(answer);
    if (answer.errorCode !== null) return this.reply.refusal(exchange, trace, answer);
    if (this.cache.isStale(answer) && trace.degraded.length === 0) this.revalidation.refresh(job, lookup); // else: no load on top of load
    if (!trace.stream) return this.reply.whole(exchange, trace, 200, answer.body);
    const wasStored = trace.cache !== 'coalesced';
    if (wasStored && job.planned.plan.cache.replay === 'original') return this.replayAtPace(job, answer);
    this.reply.replay(exchange, trace, Buffer.concat(framesOf(job, answer, false)), answer.body);
  }

  private async replayAtPace(job: Job, answer: CachedAnswer): Promise<void> {
    const { exchange, trace, planned } = job;
    const frames = framesOf(job, answer, true);
    exchange.reply.startStream(streamHeaders(relayHeaders(exchange, trace)));
    const { ttftMs, tookMs } = answer;
    const { deadlineMs } = planned.plan;
    const elapsedMs = trace.elapsed();
    const { reply, signal } = exchange;
    const end = await replayAtPace({ reply, clock: this.clock, signal, frames, ttftMs, tookMs, elapsedMs, deadlineMs });
    if (end === 'left') return this.reply.error(exchange, trace, cancelled(signal));
    this.reply.endStream(exchange, trace, frames.at(-1) ?? NO_BYTES, answer.body);
  }

  private async replyFailed(job: Job, { error, refusal }: Crashed, fetched: Fetched | null): Promise<void> {
    const { exchange, trace } = job;
    if (endsInSilence(exchange)) return exchange.reply.abandon();
    if (fetched?.kind === 'failed') {
      const { outcome, said } = fetched;
      if (outcome.usage) this.accountant.settle(trace, outcome.usage);
      else if (outcome.started) await this.accountant.count(job, said());
      else this.accountant.settleOthers(trace);
    }
    const why = exchange.signal.aborted ? cancelled(exchange.signal) : error;
    if (refusal && why === error && !exchange.reply.started) this.reply.passthrough(exchange, trace, refusal, error);
    else this.reply.error(exchange, trace, why);
  }
}

/** Which answers of before a request accepts, that its exact key does not say; '' for most. */
function termsOf({ exchange, planned }: Job, { ownEpoch, directives, staleMs }: CacheLookup): string {
  const { cache, degrade } = planned.plan;
  const bySimilar = cache.semantic.mode !== 'off' && exchange.internal === undefined;
  let terms = ownEpoch === 0 ? '' : `${ownEpoch}`;
  if (directives.maxAgeSeconds !== undefined) terms += ` age ${directives.maxAgeSeconds}`;
  if (staleMs > 0) terms += ` stale ${staleMs}`;
  if (degrade.length > 0) terms += ` degrade ${degrade.join(',')}`;
  if (bySimilar) terms += ` semantic ${JSON.stringify(cache.semantic)}`;
  return terms;
}

/** A stored answer as the stream that was asked for. */
function framesOf({ exchange, asked }: Job, { body }: CachedAnswer, inPieces: boolean): Buffer[] {
  const protocol = protocolOf(exchange.operation);
  if (protocol === null) throw new Error(`what ${exchange.operation} answers is not kept as a stream`);
  return protocol.replay(body, asked, inPieces);
}

const NO_BYTES = Buffer.alloc(0);
