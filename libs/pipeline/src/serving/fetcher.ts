import { Injectable, Logger } from '@nestjs/common';
import type { CachedAnswer, Cockpit, FlightFacts, Landing } from '@relay/cache';
import { RelayError } from '@relay/core';
import type { UpstreamCompleted, UpstreamFailed, UpstreamObserver } from '@relay/providers';
import type { AnswerAssembler } from '@relay/protocols';
import { Accountant, type UncountedAnswer } from '../accountant';
import { CacheStage, type CacheLookup } from '../cache.stage';
import { DegradeStage } from '../degrade/degrade.stage';
import { goesElsewhere } from '../elsewhere/goes-elsewhere';
import { ElsewhereStage } from '../elsewhere/elsewhere.stage';
import type { Job } from '../job';
import { saidInBody } from '../said-in';
import { SemanticStage, type SemanticLookup } from '../semantic.stage';
import { UpstreamStage } from '../upstream.stage';
import { withSignal } from './with-signal';

/** What a request that piloted brought itself, beside the landing that all share. */
export type Fetched =
  | { readonly kind: 'answered'; readonly outcome: UpstreamCompleted; readonly body: Buffer | null }
  | { readonly kind: 'failed'; readonly outcome: UpstreamFailed; readonly said: () => UncountedAnswer }
  /** From the shared cache, or by meaning. */
  | { readonly kind: 'found'; readonly similar: SemanticLookup | null };

/** Who is told whether the request waits for somebody else. */
export interface Watch {
  waits(): void;
  flies(): void;
}

export interface Flown {
  readonly landing: Landing;
  /** Null: another process flew. */
  readonly fetched: Fetched | null;
}

const OBSERVE_NOTHING = { onFrames: () => true };
const NOTHING_SAID = (): UncountedAnswer => ({ text: '', frames: 0 });
const DATA = 'd'.charCodeAt(0); // no other line of a frame begins with it
const LINE_FEED = '\n'.charCodeAt(0);

/**
 * Gets the answer to a request that this process's memory does not hold: shared cache, similar questions, upstream, in this order; under
 * load what is left of it when something was given up.
 */
@Injectable()
export class Fetcher {
  private readonly logger = new Logger(Fetcher.name);

  constructor(
    private readonly cache: CacheStage,
    private readonly semantic: SemanticStage,
    private readonly degrade: DegradeStage,
    private readonly upstream: UpstreamStage,
    private readonly accountant: Accountant,
    private readonly elsewhere: ElsewhereStage,
  ) {}

  async fetch(job: Job, lookup: CacheLookup, cockpit: Cockpit, watch: Watch): Promise<Flown> {
    if (job.planned.plan.cache.finishOnDisconnect && lookup.stores) cockpit.keepFlying();
    if (job.exchange.elsewhere?.answer) return this.landed(job, lookup, cockpit, watch);
    const others = this.fromOthers(job, lookup, cockpit, watch);
    const flown = others && (await others);
    if (flown) return flown;
    watch.flies();
    const similar = this.semantic.begin(lookup, job);
    const verdict = similar?.mayServe ? await similar.verdict : null;
    if (similar && verdict) {
      const answer = this.semantic.served(lookup, verdict);
      if (answer && verdict.hit) {
        job.trace.cacheEntry = verdict.hit.entryId;
        job.trace.similarity = verdict.hit.similarity;
        return this.found(job, answer, 'semantic', similar);
      }
    }
    if (lookup.directives.onlyIfCached) return nothingCached();
    if (goesElsewhere(job) && (await this.elsewhere.offer(job))) return turnedAway(NOT_CALLED);
    const eased = this.degrade.ease(job, lookup, verdict);
    if (eased.kind === 'refused') return turnedAway(eased.error);
    if (eased.kind === 'found') return this.found(job, eased.looser.answer, eased.looser.cache);
    const away = { ...eased.job, exchange: withSignal(job.exchange, cockpit.signal) };
    return job.trace.stream ? this.stream(away, lookup, cockpit, similar) : this.whole(away, lookup, cockpit, similar);
  }

  /** What the processes have in common: an answer that is stored, or one that another process is getting. Null: this one is to get it. */
  private fromOthers(job: Job, lookup: CacheLookup, cockpit: Cockpit, watch: Watch): Promise<Flown | null> | null {
    const shared = this.cache.inShared(lookup);
    if (shared) return this.foundOrClaimed(job, lookup, cockpit, watch, shared);
    const claim = cockpit.claim();
    return claim === 'mine' ? null : this.claimed(job, lookup, cockpit, watch, claim);
  }

  /** The look-up comes before the claim: a hit needs none. */
  private async foundOrClaimed(
    job: Job,
    lookup: CacheLookup,
    cockpit: Cockpit,
    watch: Watch,
    shared: Promise<CachedAnswer | undefined>,
  ): Promise<Flown | null> {
    const startMs = job.trace.elapsed();
    const found = await shared;
    const claim = found ? 'mine' : cockpit.claim();
    const again = claim === 'mine' ? null : this.cache.againInShared(lookup); // whoever held the claim until then has stored it
    const stored = found ?? (again && (await again));
    job.trace.stage('cache', startMs);
    if (stored) return this.found(job, stored, 'exact-l2');
    return claim === 'mine' ? null : this.claimed(job, lookup, cockpit, watch, claim);
  }

  private async claimed(
    job: Job,
    lookup: CacheLookup,
    cockpit: Cockpit,
    watch: Watch,
    claim: ReturnType<Cockpit['claim']>,
  ): Promise<Flown | null> {
    return (await claim) === 'mine' ? null : this.followed(job, lookup, cockpit, watch);
  }

  /** Null: the other process is gone, and has left no answer. */
  private async followed(job: Job, lookup: CacheLookup, cockpit: Cockpit, watch: Watch): Promise<Flown | null> {
    const startMs = job.trace.elapsed();
    watch.waits();
    const landing = await cockpit.follow();
    job.trace.stage('follow', startMs);
    if (landing === 'mine') {
      const stored = await this.cache.againInShared(lookup);
      return stored ? this.found(job, stored, 'exact-l2') : null;
    }
    if (landing.kind === 'landed') void this.cache.inShared(lookup); // the other process has stored it: into this one's memory
    return { landing, fetched: null };
  }

  /** Its provider's own batch has answered: no cache and no load has a say any more, and nobody is called. */
  private async landed(job: Job, lookup: CacheLookup, cockpit: Cockpit, watch: Watch): Promise<Flown> {
    const { exchange, trace } = job;
    watch.flies();
    if (lookup.key !== null) trace.cache = 'miss'; // it was looked up before it went there
    const outcome = this.elsewhere.land(job);
    if (outcome?.usage) this.accountant.settle(trace, outcome.usage);
    else if (outcome) await this.count(job, outcome);
    await this.elsewhere.charge(exchange, trace);
    return outcome ? this.answered(job, lookup, cockpit, null, outcome, outcome.body) : turnedAway(NOT_CALLED);
  }

  /** Who is answering a request, as far as is known. */
  factsOf(job: Job): FlightFacts {
    return factsOf(job);
  }

  private found(
    { trace }: Job,
    answer: CachedAnswer,
    cache: FlightFacts['cache'],
    similar: SemanticLookup | null = null,
  ): Flown {
    const { servedModel, provider, sourceTraceId } = answer;
    const { cacheEntry: entry, similarity, degraded } = trace;
    const facts = { sourceTraceId, servedModel, provider, cache, entry, similarity, degraded };
    return {
      landing: { kind: 'landed', answer, tail: NO_BYTES, facts },
      fetched: { kind: 'found', similar },
    };
  }

  private async whole(job: Job, lookup: CacheLookup, cockpit: Cockpit, similar: SemanticLookup | null): Promise<Flown> {
    const outcome = await this.upstream.serve(job, OBSERVE_NOTHING);
    if (outcome.kind === 'failed') return this.failed(job, lookup, outcome, NOTHING_SAID);
    if (outcome.usage) this.accountant.settle(job.trace, outcome.usage);
    else await this.count(job, outcome);
    this.degrade.answered(job, outcome);
    return this.answered(job, lookup, cockpit, similar, outcome, outcome.body);
  }

  /** An answer whose upstream told no usage. */
  private count(job: Job, { body }: UpstreamCompleted): Promise<void> {
    return this.accountant.count(job, { text: saidInBody(job.exchange.operation, body), frames: 0 });
  }

  private async stream(
    job: Job,
    lookup: CacheLookup,
    cockpit: Cockpit,
    similar: SemanticLookup | null,
  ): Promise<Flown> {
    const assembler = this.cache.assembler(lookup, job);
    const frames = new OutgoingFrames(job, cockpit, assembler);
    const outcome = await this.upstream.serve(job, frames);
    const said = (): UncountedAnswer => ({ text: assembler?.said() ?? null, frames: frames.count });
    if (outcome.kind === 'failed') return this.failed(job, lookup, outcome, said);
    // With a body: it was to be a stream, and came whole.
    if (outcome.body.length > 0) job.trace.stream = false;
    else frames.depart();
    assembler?.push(outcome.tail);
    if (outcome.usage) this.accountant.settle(job.trace, outcome.usage);
    else await this.accountant.count(job, said());
    this.degrade.answered(job, outcome);
    return this.answered(job, lookup, cockpit, similar, outcome, assembler?.finish(outcome.usage) ?? null);
  }

  private async answered(
    job: Job,
    lookup: CacheLookup,
    cockpit: Cockpit,
    similar: SemanticLookup | null,
    outcome: UpstreamCompleted,
    body: Buffer | null,
  ): Promise<Flown> {
    const answer = body && this.cache.answerOf(lookup, job, body);
    if (answer && this.cache.mayStore(lookup, job, outcome)) await this.keep(lookup, cockpit, similar, answer);
    return {
      landing: { kind: 'landed', answer, tail: outcome.tail, facts: factsOf(job) },
      fetched: { kind: 'answered', outcome, body },
    };
  }

  /** An answer that cannot be kept is an answer all the same. */
  private async keep(
    lookup: CacheLookup,
    cockpit: Cockpit,
    similar: SemanticLookup | null,
    answer: CachedAnswer,
  ): Promise<void> {
    try {
      const stored = this.cache.store(lookup, answer);
      if (similar) this.semantic.learn(similar, answer);
      if (cockpit.watchedElsewhere) await stored;
    } catch (error) {
      this.logger.error(error, 'an answer could not be cached');
    }
  }

  private failed(job: Job, lookup: CacheLookup, outcome: UpstreamFailed, said: () => UncountedAnswer): Flown {
    const { error, started, passthrough: refusal, retryable } = outcome;
    if (refusal) this.cache.refuse(lookup, job, refusal, error.code);
    const mayRetry = !started && (retryable || OWN_LIMITS.has(error.code));
    return {
      landing: { kind: 'failed', error, started, mayRetry, refusal },
      fetched: { kind: 'failed', outcome, said },
    };
  }
}

const NO_BYTES = Buffer.alloc(0);
/** Who asked hears nothing of it, or that it is no answer. */
const NOT_CALLED = new RelayError('unavailable', 'A batch of its provider has the request, or had it.');
/** Why a pilot fails that another request may outlive: its time was up, its place in the line was gone. */
const OWN_LIMITS: ReadonlySet<string> = new Set([
  'upstream_timeout',
  'overloaded',
  'unavailable',
  'client_closed',
  'budget_exceeded',
]);

/** A stream on its way from the upstream to whoever listens: frames leave in the tick they came. */
class OutgoingFrames implements UpstreamObserver {
  /** About one token each, which is what an estimate needs. */
  count = 0;
  private departed = false;

  constructor(
    private readonly job: Job,
    private readonly cockpit: Cockpit,
    private readonly assembler: AnswerAssembler | null,
  ) {}

  onBytesType(contentType: string): void {
    this.job.trace.bytesType = contentType;
  }

  onFrames(frames: Buffer, resume: () => void): boolean {
    this.depart();
    if (this.job.trace.bytesType === null) this.countFrames(frames);
    this.assembler?.push(frames);
    return this.cockpit.onFrames(frames, resume);
  }

  /** Lines of data. For one byte `indexOf` takes a quarter of the 0.2 us that it takes for several; empty lines are passed without it. */
  private countFrames(frames: Buffer): void {
    for (let at = 0; at < frames.length; at++) {
      if (frames[at] === LINE_FEED) continue;
      if (frames[at] === DATA) this.count++;
      at = frames.indexOf(LINE_FEED, at);
      if (at === -1) return;
    }
  }

  depart(): void {
    if (this.departed) return;
    this.departed = true;
    this.cockpit.departed(factsOf(this.job));
  }
}

function factsOf({ exchange, trace }: Job): FlightFacts {
  return {
    sourceTraceId: exchange.traceId,
    servedModel: trace.servedModel ?? '',
    provider: trace.provider ?? '',
    cache: 'miss',
    entry: null,
    similarity: null,
    degraded: trace.degraded,
  };
}

/** Another request of the flight may have more time, or a better place in the line. */
function turnedAway(error: RelayError): Flown {
  return { landing: { kind: 'failed', error, started: false, mayRetry: true, refusal: null }, fetched: null };
}

function nothingCached(): Flown {
  const error = new RelayError(
    'only_if_cached_miss',
    'Nothing is cached for this request, and only-if-cached was asked for.',
  );
  return { landing: { kind: 'failed', error, started: false, mayRetry: false, refusal: null }, fetched: null };
}
