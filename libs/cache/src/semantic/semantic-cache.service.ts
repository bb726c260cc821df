import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ExecutionPlan } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { EmbeddingService } from '@relay/embedding';
import type { CachedAnswer } from '../domain/cached-answer';
import { candidateOf, MAX_NEIGHBOURS, neighbourhoodOf, rivalsOf } from '../domain/semantic/candidate';
import { decideHit } from '../domain/semantic/decide';
import { embedderRegionsOf, mayEmbed } from '../domain/semantic/embedder-reach';
import { guardsAgainst, type GuardViolation } from '../domain/semantic/guards';
import { labelOdds } from '../domain/semantic/label-odds';
import { reasonOf, type Outcome } from '../domain/semantic/miss-reason';
import { pairLikeness } from '../domain/semantic/pair-score';
import { recheckOdds } from '../domain/semantic/recheck-odds';
import type { Candidate, Neighbour, SemanticScope, ThresholdState } from '../domain/semantic/semantic-model';
import { Invalidations } from '../invalidation/invalidations.service';
import { BackgroundLine } from './background-line';
import { AnswerJudge } from './judges/answer-judge';
import type { QuestionOrigin } from './judges/model-asker.port';
import { LabelBook } from './labels/label-book.service';
import { StoredReadings } from './stored-readings';
import { SemanticStore } from './store/semantic-store';

/** An entry that was wrong is served again only to prompts that are clearly closer. Cosine. */
const TIGHTENED_BY = 0.01;

/** How long an answer waits for the vector of its question before it is not kept by meaning, ms. */
const LATE_EMBEDDING_MS = 10_000;

/** A request as the semantic cache sees it. */
export interface SemanticQuestion {
  readonly origin: QuestionOrigin;
  readonly keyId: string;
  readonly scope: SemanticScope;
  /** The last user turn. */
  readonly text: string;
  readonly exactKey: string;
  /** Asked by a client: what the relay asks by itself says nothing of the traffic that thresholds are for. */
  readonly fromClient: boolean;
  readonly terms: ExecutionPlan['cache']['semantic'];
  /** Uniform in [0, 1), fixed by the request's id: decides whether it is judged. */
  readonly draw: number;
  /** Ms that a verifier may take. */
  readonly timeLeftMs: number;
}

export type SemanticReason = Outcome['reason'] | 'no_embedding' | 'store_failed' | 'no_neighbour' | 'guarded';

export interface SemanticVerdict {
  readonly reason: SemanticReason;
  /** What is served; null: nothing. */
  readonly hit: Candidate | null;
  /** The best entry that no guard objected to, served or not. */
  readonly candidate: Candidate | null;
  /** Other answers near the question, the best first: see `rivalsOf`. Found when asked for: most hits never are. */
  readonly rivals: () => readonly Neighbour[];
  /** What guards had against the entry that would have been served without them, or else against the nearest; which that was, if they had anything. */
  readonly objections: readonly GuardViolation[];
  readonly guarded: Neighbour | null;
  readonly threshold: number | null;
  readonly embedderId: string | null;
  readonly vector: Float32Array | null;
}

/** Counts since the start of the process, by what came of look-ups and of learning. */
export type SemanticCounts = Readonly<Record<string, number>>;

/**
 * Answers to questions that were asked before in other words. Looks up the nearest stored question of the same scope, lets typed
 * guards object, and serves what the mode of the plan allows; learns from the answers of misses and of rechecked hits how alike two
 * questions must be. Whatever goes wrong here is a miss.
 */
@Injectable()
export class SemanticCache implements OnApplicationShutdown {
  private readonly logger = new Logger(SemanticCache.name);
  private readonly line = new BackgroundLine();
  private readonly readings: StoredReadings;
  private readonly counts = new Map<string, number>();
  private failing = false;

  constructor(
    private readonly embeddings: EmbeddingService,
    private readonly store: SemanticStore,
    private readonly labels: LabelBook,
    private readonly judge: AnswerJudge,
    private readonly invalidations: Invalidations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.readings = new StoredReadings(clock);
  }

  onApplicationShutdown(): void {
    this.line.close();
  }

  stats(): SemanticCounts {
    return { ...Object.fromEntries(this.counts), undone: this.line.dropped };
  }

  /** Resolves once everything that was to be learned so far is learned. */
  settled(): Promise<void> {
    return this.line.idle();
  }

  /** Whether a look-up may end in a hit at all: while nothing is known yet, nobody needs to wait for it. */
  mayServe({ terms, scope }: SemanticQuestion): boolean {
    if (terms.mode === 'static' || terms.mode === 'validated') return true;
    const embedderId = this.embeddings.id;
    if (terms.mode !== 'verified' || embedderId === null) return false;
    const { threshold, drifted } = this.labels.state(scope.evidence, embedderId, terms.maxErrorPerHit);
    return threshold !== null && !drifted;
  }

  /** Where data may only go to some places, an embedder elsewhere does not get to see it. */
  mayEmbed(origin: Pick<QuestionOrigin, 'regions' | 'providers'>): boolean {
    return mayEmbed(this.embeddings.server, embedderRegionsOf(origin));
  }

  /**
   * Never rejects. Takes at most the embedder's and the store's time-outs, and in mode `validated` the time that is left. What the relay
   * asks by itself is served nothing: it only learns what is near, no verifier is paid for it, and it counts for no entry. A hit counts once it
   * is `served`: the client may not take it, or nobody may have waited.
   */
  async lookUp(question: SemanticQuestion): Promise<SemanticVerdict> {
    const verdict = await this.found(question);
    if (!question.fromClient) return verdict;
    if (verdict.hit === null) this.count(verdict.reason);
    for (const { guard } of verdict.objections) this.count(`guard_${guard}`);
    return verdict;
  }

  served({ entryId }: Neighbour): void {
    this.count('hit');
    this.store.noteHit(entryId);
  }

  /** A request that is not looked up at all; `reason` as traces have it. */
  refused(reason: string): void {
    this.count(`not_looked_up_${reason}`);
  }

  /** With what odds a served hit was drawn to be asked again; null: it was not. */
  drawnForRecheck({ terms, scope, draw }: SemanticQuestion): number | null {
    const state = this.labels.state(scope.evidence, this.embeddings.id ?? '', terms.maxErrorPerHit);
    const odds = recheckOdds(terms, state);
    return draw < odds ? odds : null;
  }

  /** A fresh answer to a question that was looked up: judged against the candidate if it is drawn, then stored. In the background. */
  learn(question: SemanticQuestion, verdict: SemanticVerdict, fresh: CachedAnswer): void {
    const { candidate } = verdict;
    const odds =
      candidate === null || !tells(question, candidate)
        ? 0
        : labelOdds(question.terms, candidate, this.stateFor(question));
    const judged = candidate !== null && question.draw < odds;
    this.examine('learn', question, verdict, fresh, judged ? { entry: candidate, odds, source: 'miss' } : null);
  }

  /** A fresh answer to a question that was served a hit: judged against it, then stored. In the background. `odds` as it was drawn. */
  recheck(question: SemanticQuestion, verdict: SemanticVerdict, fresh: CachedAnswer, odds: number): void {
    const { hit } = verdict;
    if (hit === null || !tells(question, hit)) return;
    this.examine('recheck', question, verdict, fresh, { entry: hit, odds, source: 'hit' });
  }

  private examine(
    what: 'learn' | 'recheck',
    question: SemanticQuestion,
    { reason, rivals, vector, embedderId }: SemanticVerdict,
    fresh: CachedAnswer,
    comparison: Comparison | null,
  ): void {
    const located = vector === null || embedderId === null ? null : { vector, embedderId };
    if (located === null && reason !== 'no_embedding') return;
    const { ttlMs } = question.terms;
    const answer = { ...fresh, expiresAt: fresh.createdAt + ttlMs, staleUntil: fresh.createdAt + ttlMs };
    const others = comparison === null ? [] : this.othersBy(rivals);
    const heldBytes =
      answer.body.length + (vector?.byteLength ?? 0) + (comparison?.entry.answer.body.length ?? 0) + sizeOf(others);
    this.line.add(heldBytes, () =>
      this.safely(what, async () => {
        if (!this.mayEmbed(question.origin)) return this.count('embedder_elsewhere'); // it changed meanwhile
        // What came too late for the look-up, as while the embedder starts, is in time for those who ask next.
        const place = located ?? (await this.embed(question, LATE_EMBEDDING_MS));
        if (place === null) return this.count('insert_no_embedding');
        const { vector, embedderId } = place;
        const same = comparison && (await this.judgeAgainst(comparison, question, embedderId, answer));
        const aliasOf = same === false ? await this.amongRivals(others, question, answer) : same;
        if (this.invalidations.isVoid(answer)) return this.count('insert_void');
        const { scope, exactKey, keyId, text: prompt } = question;
        const embedderRegions = embedderRegionsOf(question.origin);
        const hidden = question.origin.principal.tenant.payloads?.keep === false;
        const entry = { scope, embedderId, vector, prompt, embedderRegions, hidden, answer, exactKey, keyId, aliasOf };
        const inserted = await this.store.insert(entry);
        if (inserted.kind === 'stored' && this.invalidations.isVoid(answer)) {
          // What became void meanwhile may have been removed before this was there to be seen.
          await this.store.remove({ entry: inserted.entryId });
          return this.count('insert_void');
        }
        this.count(inserted.kind === 'stored' ? (aliasOf ? 'alias' : 'insert') : `refused_${inserted.reason}`);
      }),
    );
  }

  /** None where they cannot be told: the reply does not wait for it, and nobody else would hear of it. */
  private othersBy(rivals: SemanticVerdict['rivals']): readonly Neighbour[] {
    try {
      return rivals();
    } catch (error) {
      this.complain('learn', error);
      return [];
    }
  }

  /** Labels the entry. Gives its id if the fresh answer repeats what it says, false if it says something else, null if that cannot be told. */
  private async judgeAgainst(
    { entry, odds, source }: Comparison,
    question: SemanticQuestion,
    embedderId: string,
    fresh: CachedAnswer,
  ): Promise<string | false | null> {
    const correct = await this.repeats(entry, question, fresh);
    if (correct === null) {
      this.count('label_untold');
      return null;
    }
    this.count(correct ? 'label_right' : 'label_wrong');
    const { similarity, score } = entry;
    const weight = 1 / Math.max(odds, Number.EPSILON);
    this.labels.add(
      question.scope.evidence,
      embedderId,
      { similarity: score, correct, weight, at: this.clock.now(), source },
      entry.entryId,
    );
    if (correct) return entry.entryId;
    await this.store.tighten(entry.entryId, Math.min(1, similarity + TIGHTENED_BY));
    return false;
  }

  /** A fresh answer that is not the candidate's may be another one near by: its question then joins those of that answer. Not where each verdict is paid for. */
  private async amongRivals(
    rivals: readonly Neighbour[],
    question: SemanticQuestion,
    fresh: CachedAnswer,
  ): Promise<string | null> {
    if (question.terms.judge.kind === 'llm') return null;
    for (const rival of rivals) if (await this.repeats(rival, question, fresh)) return rival.entryId;
    return null;
  }

  /** Whether the judge takes the fresh answer for the entry's; the entry's record has it. Null: it cannot be told. */
  private async repeats(
    { entryId, answer }: Neighbour,
    { origin, terms, text: prompt }: SemanticQuestion,
    fresh: CachedAnswer,
  ): Promise<boolean | null> {
    const pair = { origin, prompt, one: answer.body, other: fresh.body };
    const same = await this.judge.sameAnswer(terms.judge, pair);
    if (same !== null) await this.store.noteVerdict(entryId, same);
    return same;
  }

  private stateFor({ terms, scope }: SemanticQuestion): ThresholdState {
    return this.labels.state(scope.evidence, this.embeddings.id ?? '', terms.maxErrorPerHit);
  }

  /** Whatever throws on the way is a miss. */
  private async found(question: SemanticQuestion): Promise<SemanticVerdict> {
    try {
      return await this.find(question);
    } catch (error) {
      this.complain('look up', error);
      return nothing('store_failed', null, null);
    }
  }

  private async find(question: SemanticQuestion): Promise<SemanticVerdict> {
    const embedded = await this.embed(question);
    if (embedded === null) return nothing('no_embedding', null, null);
    const { embedderId, vector } = embedded;
    const neighbours = await this.neighbours(question.scope, embedderId, vector);
    if (neighbours === null) return nothing('store_failed', embedderId, vector);
    if (neighbours.length === 0) return nothing('no_neighbour', embedderId, vector);
    const { text, terms } = question;
    const read = this.readings.reader(neighbours);
    const objectionsTo = guardsAgainst(text, read);
    const objections = neighbours.map(({ prompt }) => objectionsTo(prompt));
    const near = neighbourhoodOf(neighbours, (_, rank) => objections[rank]?.length === 0);
    const likenessOf = ({ prompt, similarity }: Neighbour): number => pairLikeness(text, prompt, similarity, read);
    const candidate = candidateOf(near, likenessOf, terms);
    const decision = candidate ? await this.decide(question, embedderId, candidate) : null;
    const found = { neighbours, likenessOf, isObjectedTo: (rank: number) => (objections[rank]?.length ?? 0) > 0 };
    const { reason, threshold, rank } = reasonOf(found, decision, terms, this.stateFor(question));
    return {
      reason,
      hit: decision?.hit ?? null,
      candidate: decision?.candidate ?? null,
      rivals: () => (candidate ? rivalsOf(near, candidate, likenessOf) : []),
      objections: objections[rank] ?? [],
      guarded: found.isObjectedTo(rank) ? (neighbours[rank] ?? null) : null,
      threshold,
      embedderId,
      vector,
    };
  }

  private async decide(
    question: SemanticQuestion,
    embedderId: string,
    candidate: Candidate,
  ): Promise<Outcome & Pick<SemanticVerdict, 'hit' | 'candidate'>> {
    const { terms, scope, origin, text: asked, timeLeftMs } = question;
    const state = this.labels.state(scope.evidence, embedderId, terms.maxErrorPerHit);
    const { reason, threshold } = decideHit(terms, candidate, state);
    if (reason === 'hit') return { reason, hit: candidate, candidate, threshold };
    if (reason !== 'unverified' || !question.fromClient) return { reason, hit: null, candidate, threshold };
    const pair = { origin, asked, stored: candidate.prompt, answer: candidate.answer.body };
    const fits = await this.judge.fits(terms.judge, pair, timeLeftMs);
    if (fits) return { reason: 'hit', hit: candidate, candidate, threshold };
    return { reason: 'not_confirmed', hit: null, candidate, threshold };
  }

  private async embed(
    { text, scope }: SemanticQuestion,
    withinMs?: number,
  ): Promise<{ embedderId: string; vector: Float32Array } | null> {
    const vector = await this.embeddings.embed(text, scope.owner, withinMs);
    const embedderId = this.embeddings.id;
    return vector === null || embedderId === null ? null : { embedderId, vector };
  }

  /** Fresh ones only; null if the store cannot say. */
  private async neighbours(
    { scopeId }: SemanticScope,
    embedderId: string,
    vector: Float32Array,
  ): Promise<Neighbour[] | null> {
    try {
      const now = this.clock.now();
      const found = await this.store.nearest({ scopeId, embedderId, vector, limit: MAX_NEIGHBOURS, now });
      this.failing = false;
      return found.filter(({ answer }) => answer.expiresAt > now && !this.invalidations.isVoid(answer));
    } catch (error) {
      this.complain('look up', error);
      return null;
    }
  }

  private async safely(what: string, work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.complain(what, error);
    }
  }

  /** An outage repeats its error with every request; one line says it. */
  private complain(what: string, error: unknown): void {
    this.count(`${what.replace(' ', '_')}_failed`);
    if (this.failing) return;
    this.failing = true;
    this.logger.warn(
      `The semantic cache could not ${what}, going on without: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

const sizeOf = (entries: readonly Neighbour[]): number =>
  entries.reduce((sum, { answer }) => sum + answer.body.length, 0);

/** Whether a pair is evidence: the same question again is what the exact cache is for. */
const tells = ({ fromClient, exactKey }: SemanticQuestion, entry: Neighbour): boolean =>
  fromClient && entry.exactKey !== exactKey;

/** Which entry a fresh answer is held against, and with what odds such a pair is looked at. */
interface Comparison {
  readonly entry: Candidate;
  readonly odds: number;
  readonly source: 'miss' | 'hit';
}

const nothing = (reason: SemanticReason, embedderId: string | null, vector: Float32Array | null): SemanticVerdict => ({
  reason,
  hit: null,
  candidate: null,
  rivals: () => [],
  objections: [],
  guarded: null,
  threshold: null,
  embedderId,
  vector,
});
