import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ExecutionPlan } from '@relay/contracts';
import { CLOCK, type Clock } from '@relay/core';
import { EmbeddingService } from '@relay/embedding';
import type { CachedAnswer } from '../domain/cached-answer';
import { decideHit, type HitReason } from '../domain/semantic/decide';
import { recheckOdds } from '../domain/semantic/recheck-odds';
import { guardPair, type GuardViolation } from '../domain/semantic/guards';
import type { Label, Neighbour, SemanticScope } from '../domain/semantic/semantic-model';
import { Invalidations } from '../invalidation/invalidations.service';
import { BackgroundLine } from './background-line';
import { AnswerJudge } from './judges/answer-judge';
import { LabelBook } from './labels/label-book.service';
import { SemanticStore } from './store/semantic-store';

/** Nearest entries that are looked at: the first that no guard objects to is the candidate. */
const MAX_NEIGHBOURS = 5;
/** Pairs less alike are never served, so nobody needs to know whether they would have been right. Cosine. */
const MIN_LABELLED_SIMILARITY = 0.6;
/** An entry that was wrong is served again only to prompts that are clearly closer. Cosine. */
const TIGHTENED_BY = 0.01;

/** A request as the semantic cache sees it. */
export interface SemanticQuestion {
  readonly tenantId: string;
  readonly keyId: string;
  readonly scope: SemanticScope;
  /** The last user turn. */
  readonly text: string;
  readonly exactKey: string;
  readonly terms: ExecutionPlan['cache']['semantic'];
  /** Uniform in [0, 1), fixed by the request's id: decides whether it is judged. */
  readonly draw: number;
  /** Ms that a verifier may take. */
  readonly timeLeftMs: number;
}

export type SemanticReason = HitReason | 'no_embedding' | 'store_failed' | 'no_neighbour' | 'guarded' | 'not_confirmed';

export interface SemanticVerdict {
  readonly reason: SemanticReason;
  /** What is served; null: nothing. */
  readonly hit: Neighbour | null;
  /** The nearest entry that no guard objected to, served or not. */
  readonly candidate: Neighbour | null;
  /** What guards had against the nearest entry of all. */
  readonly objections: readonly GuardViolation[];
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
  private readonly counts = new Map<string, number>();
  private failing = false;

  constructor(
    private readonly embeddings: EmbeddingService,
    private readonly store: SemanticStore,
    private readonly labels: LabelBook,
    private readonly judge: AnswerJudge,
    private readonly invalidations: Invalidations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

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

  /** Never rejects. Takes at most the embedder's and the store's time-outs, and in mode `validated` the time that is left. */
  async lookUp(question: SemanticQuestion): Promise<SemanticVerdict> {
    const verdict = await this.find(question);
    this.count(verdict.reason);
    if (verdict.hit) this.store.noteHit(verdict.hit.entryId);
    return verdict;
  }

  /** Whether a served hit is one of those to be asked again. */
  wantsRecheck(question: SemanticQuestion): boolean {
    return question.draw < this.recheckOdds(question);
  }

  /** A fresh answer to a question that was looked up: judged against the candidate if it is drawn, then stored. In the background. */
  learn(question: SemanticQuestion, verdict: SemanticVerdict, fresh: CachedAnswer): void {
    const { vector, embedderId } = verdict;
    if (vector === null || embedderId === null) return;
    this.line.add(() =>
      this.safely('learn', async () => {
        const aliasOf = await this.labelMiss(question, verdict, embedderId, fresh);
        if (this.invalidations.isVoid(fresh)) return this.count('insert_void');
        const { scope, exactKey, keyId, text: prompt } = question;
        const inserted = await this.store.insert({
          scope,
          embedderId,
          vector,
          prompt,
          answer: fresh,
          exactKey,
          keyId,
          aliasOf,
        });
        this.count(inserted.kind === 'stored' ? (aliasOf ? 'alias' : 'insert') : `refused_${inserted.reason}`);
      }),
    );
  }

  /** A fresh answer to a question that was served a hit. In the background. */
  recheck(question: SemanticQuestion, hit: Neighbour, embedderId: string, fresh: Buffer): void {
    const weight = 1 / Math.max(this.recheckOdds(question), Number.EPSILON);
    this.line.add(() =>
      this.safely('recheck', async () => {
        const correct = await this.compare(question, hit, fresh);
        if (correct === null) return this.count('recheck_untold');
        await this.label(question.scope, embedderId, hit, this.labelOf(hit, correct, weight, 'hit'));
      }),
    );
  }

  private recheckOdds({ terms, scope }: SemanticQuestion): number {
    const state = this.labels.state(scope.evidence, this.embeddings.id ?? '', terms.maxErrorPerHit);
    return recheckOdds(terms, state);
  }

  private async find(question: SemanticQuestion): Promise<SemanticVerdict> {
    const embedded = await this.embed(question.text);
    if (embedded === null) return nothing('no_embedding', null, null);
    const { embedderId, vector } = embedded;
    const neighbours = await this.neighbours(question.scope, embedderId, vector);
    if (neighbours === null) return nothing('store_failed', embedderId, vector);
    if (neighbours.length === 0) return nothing('no_neighbour', embedderId, vector);
    let objections: readonly GuardViolation[] = [];
    for (const [rank, neighbour] of neighbours.entries()) {
      const found = guardPair(question.text, neighbour.prompt);
      if (rank === 0) objections = found;
      if (found.length === 0) {
        return { ...(await this.decide(question, embedderId, neighbour)), objections, embedderId, vector };
      }
    }
    return { ...nothing('guarded', embedderId, vector), objections };
  }

  private async decide(
    question: SemanticQuestion,
    embedderId: string,
    candidate: Neighbour,
  ): Promise<Pick<SemanticVerdict, 'reason' | 'hit' | 'candidate' | 'threshold'>> {
    const { terms, scope, tenantId, text: asked, timeLeftMs } = question;
    const state = this.labels.state(scope.evidence, embedderId, terms.maxErrorPerHit);
    const { reason, threshold } = decideHit(terms, candidate, state);
    if (reason === 'hit') return { reason, hit: candidate, candidate, threshold };
    if (reason !== 'unverified') return { reason, hit: null, candidate, threshold };
    const pair = { tenantId, asked, stored: candidate.prompt, answer: candidate.answer.body };
    const fits = await this.judge.fits(terms.judge, pair, timeLeftMs);
    if (fits) return { reason: 'hit', hit: candidate, candidate, threshold };
    return { reason: 'not_confirmed', hit: null, candidate, threshold };
  }

  private async embed(text: string): Promise<{ embedderId: string; vector: Float32Array } | null> {
    const vector = await this.embeddings.embed(text);
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

  /** Gives the entry whose answer the fresh one repeats, if that was found out. */
  private async labelMiss(
    question: SemanticQuestion,
    { candidate }: SemanticVerdict,
    embedderId: string,
    fresh: CachedAnswer,
  ): Promise<string | null> {
    const { terms, draw, scope } = question;
    if (candidate === null || candidate.similarity < MIN_LABELLED_SIMILARITY || draw >= terms.labelShare) return null;
    const correct = await this.compare(question, candidate, fresh.body);
    if (correct === null) {
      this.count('label_untold');
      return null;
    }
    await this.label(scope, embedderId, candidate, this.labelOf(candidate, correct, 1 / terms.labelShare, 'miss'));
    return correct ? candidate.entryId : null;
  }

  private compare(
    { terms, tenantId, text }: SemanticQuestion,
    { answer }: Neighbour,
    other: Buffer,
  ): Promise<boolean | null> {
    return this.judge.sameAnswer(terms.judge, { tenantId, prompt: text, one: answer.body, other });
  }

  private async label({ evidence }: SemanticScope, embedderId: string, entry: Neighbour, label: Label): Promise<void> {
    this.count(label.correct ? 'label_right' : 'label_wrong');
    this.labels.add(evidence, embedderId, label, entry.entryId);
    if (!label.correct) await this.store.tighten(entry.entryId, Math.min(1, entry.similarity + TIGHTENED_BY));
  }

  private labelOf({ similarity }: Neighbour, correct: boolean, weight: number, source: Label['source']): Label {
    return { similarity, correct, weight, at: this.clock.now(), source };
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

const nothing = (reason: SemanticReason, embedderId: string | null, vector: Float32Array | null): SemanticVerdict => ({
  reason,
  hit: null,
  candidate: null,
  objections: [],
  threshold: null,
  embedderId,
  vector,
});
